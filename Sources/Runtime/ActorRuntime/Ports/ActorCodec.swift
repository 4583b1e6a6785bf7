/// The encoding of one kind of actor's commands, answers, events and states as bytes.
package protocol ActorCodec<Logic>: Sendable {
    associatedtype Logic: Decider

    func encode(state: Logic.State) throws(CodecFailure) -> [UInt8]
    func decode(state bytes: [UInt8]) throws(CodecFailure) -> Logic.State

    /// The events of one commit, for `replay`.
    func encode(events: [Logic.Event]) throws(CodecFailure) -> [UInt8]

    /// Applies events that were decided on this very state, by this build or another.
    func replay(
        events bytes: [UInt8],
        onto state: inout Logic.State,
        by decider: Logic
    ) throws(CodecFailure)

    /// The split of a state; nil where it is always kept whole.
    var split: (any StateSplit<Logic>)? { get }

    func encode(command: Logic.Command) throws(CodecFailure) -> [UInt8]
    func decode(command bytes: [UInt8]) throws(CodecFailure) -> Logic.Command

    func encode(answer: Answer<Logic>) throws(CodecFailure) -> [UInt8]
    func decode(answer bytes: [UInt8]) throws(CodecFailure) -> Answer<Logic>
}

/// Bytes that this build cannot read, or a value that it cannot encode, with the reason.
package struct CodecFailure: Error, Sendable, Hashable {
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }
}
