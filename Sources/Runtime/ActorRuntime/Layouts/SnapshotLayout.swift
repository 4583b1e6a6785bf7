package import Ownership

/// The strategy `snapshot`: the whole state in the field `s`, written anew with each commit, and beside it
/// what the codec's split keeps apart.
package struct SnapshotLayout<Logic: Decider>: StateLayout {
    package let reader: StateReader<Logic>

    package init(_ reader: StateReader<Logic>) {
        self.reader = reader
    }

    package func write(_ change: StateChange<Logic>) throws(CodecFailure) -> WrittenChange {
        guard change.form == .snapshot, let split = reader.codec.split else {
            let whole = try content(of: change.after, at: change.sequence)
            return WrittenChange(
                ContentChange(set: whole, replaces: change.form != .empty),
                leaves: .snapshot
            )
        }
        return WrittenChange(
            try split.change(from: change.before, to: change.after, .coarse),
            leaves: .snapshot
        )
    }

    package func content(
        of state: Logic.State,
        at sequence: SequenceNumber
    ) throws(CodecFailure) -> [ContentField] {
        guard let split = reader.codec.split else {
            return [ContentField("s", try reader.codec.encode(state: state))]
        }
        return try split.parts(of: state, .coarse)
    }

    package func form(at sequence: SequenceNumber) -> StoredForm { .snapshot }
}
