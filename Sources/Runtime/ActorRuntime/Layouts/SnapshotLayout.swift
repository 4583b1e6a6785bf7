package import Ownership

/// The strategy `snapshot`: the whole state in the field `s`, written anew with each commit, and beside it
/// what the codec's split keeps apart.
package struct SnapshotLayout<Logic: Decider>: StateLayout {
    package let reader: StateReader<Logic>

    package init(_ reader: StateReader<Logic>) {
        self.reader = reader
    }

    package func content(
        of change: StateChange<Logic>,
        at sequence: SequenceNumber,
        on form: StoredForm
    ) throws(CodecFailure) -> ContentChange {
        guard case .written(by: .snapshot, _) = form, let split = reader.codec.split else {
            return ContentChange(set: try content(of: change.after, at: sequence), replaces: form != .empty)
        }
        return try split.change(from: change.before, to: change.after, .coarse)
    }

    package func form(after form: StoredForm, at sequence: SequenceNumber) -> StoredForm {
        self.form(at: sequence)
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

    package func form(at sequence: SequenceNumber) -> StoredForm { .written(by: .snapshot, base: .zero) }
}
