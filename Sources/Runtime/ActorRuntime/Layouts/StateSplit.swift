/// The split of one kind of actor's state into parts that change apart from each other.
///
/// A kind of actor without a split is kept whole, or as events.
package protocol StateSplit<Logic>: Sendable {
    associatedtype Logic: Decider

    /// All parts of a state, none of which is named like another.
    func parts(of state: Logic.State, _ grain: SplitGranularity) throws(CodecFailure) -> [ContentField]

    /// The change that turns a record with all parts of `before` into one with all parts of `after`.
    func change(
        from before: Logic.State,
        to after: Logic.State,
        _ grain: SplitGranularity
    ) throws(CodecFailure) -> ContentChange

    /// The state of which these are all parts, of either grain and in no order.
    ///
    /// - Throws: `CodecFailure` if one is missing, unreadable, or no part of any state.
    func state(of parts: [ContentField]) throws(CodecFailure) -> Logic.State
}

/// The size of the parts that a state is split into.
package enum SplitGranularity: Sendable, Hashable, CaseIterable {
    /// The state in the field `s`, and apart from it what only grows and would be written again and again for
    /// nothing.
    case coarse
    /// Each thing that can change by itself in a field of its own; never in one named `s`.
    case fine
}
