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

    package func content(
        of change: StateChange<Logic>,
        at sequence: SequenceNumber,
        on form: StoredForm
    ) throws(CodecFailure) -> ContentChange {
        guard case .written(by: .incremental, _) = form else {
            return ContentChange(set: try content(of: change.after, at: sequence), replaces: form != .empty)
        }
        return try split.change(from: change.before, to: change.after, .fine)
    }

    package func form(after form: StoredForm, at sequence: SequenceNumber) -> StoredForm {
        self.form(at: sequence)
    }

    package func content(
        of state: Logic.State,
        at sequence: SequenceNumber
    ) throws(CodecFailure) -> [ContentField] {
        try split.parts(of: state, .fine)
    }

    package func form(at sequence: SequenceNumber) -> StoredForm { .written(by: .incremental, base: .zero) }
}
