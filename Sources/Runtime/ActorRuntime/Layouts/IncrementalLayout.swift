package import Ownership

/// The strategy `incremental`: each part of the state in a field of its own, of which a commit writes those
/// that it changed.
package struct IncrementalLayout<Logic: Decider>: StateLayout {
    package let reader: StateReader<Logic>
    private let split: any StateSplit<Logic>

    /// Nil for a kind of actor whose state does not split.
    package init?(_ reader: StateReader<Logic>) {
        guard let split = reader.codec.split else { return nil }
        self.reader = reader
        self.split = split
    }

    package func write(_ change: StateChange<Logic>) throws(CodecFailure) -> WrittenChange {
        let content =
            change.form == .incremental
            ? try split.change(from: change.before, to: change.after, .fine)
            : ContentChange(
                set: try split.parts(of: change.after, .fine),
                replaces: change.form != .empty
            )
        return WrittenChange(content, leaves: .incremental)
    }

    package func content(
        of state: Logic.State,
        at sequence: SequenceNumber
    ) throws(CodecFailure) -> [ContentField] {
        try split.parts(of: state, .fine)
    }

    package func form(at sequence: SequenceNumber) -> StoredForm { .incremental }
}
