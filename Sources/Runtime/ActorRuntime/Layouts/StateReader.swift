package import Ownership

/// Reads a state in whatever form it lies.
///
/// | fields | form |
/// |---|---|
/// | `s`, and what its split keeps apart | `snapshot` |
/// | `b`, `ev:…`, and `s` unless `b` is 0 | `events` |
/// | anything else | `incremental`: what the split calls parts |
package struct StateReader<Logic: Decider>: Sendable {
    package let decider: Logic
    package let codec: any ActorCodec<Logic>

    package init(decider: Logic, codec: any ActorCodec<Logic>) {
        self.decider = decider
        self.codec = codec
    }

    /// The state that lies in all the content of a record, in no order, and the form that it lies in.
    ///
    /// - Parameter sequence: the version of the record, above 0.
    /// - Throws: `CodecFailure` if a field is missing, cannot be read, or is of no form that is known here: a
    ///   newer build may have written its last changes there.
    package func state(
        in content: [ContentField],
        at sequence: SequenceNumber
    ) throws(CodecFailure) -> (state: Logic.State, form: StoredForm) {
        if content.contains(where: { $0.name == EventField.base }) {
            let journal = try EventJournal(content, upTo: sequence)
            return (try replay(journal), .events(base: journal.base, bytes: journal.bytes))
        }
        guard let split = codec.split else {
            return (try whole(content), .snapshot)
        }
        let form: StoredForm = content.contains { $0.name == "s" } ? .snapshot : .incremental
        return (try split.state(of: content), form)
    }

    /// The one field `s` of an actor whose state is never split.
    private func whole(_ content: [ContentField]) throws(CodecFailure) -> Logic.State {
        if let stranger = content.first(where: { $0.name != "s" }) {
            throw CodecFailure("the field `\(stranger.name)` is of a form that this build does not know")
        }
        guard let snapshot = content.first else { throw CodecFailure("the field `s` is missing") }
        return try snapshotState(snapshot.value)
    }

    private func snapshotState(_ bytes: [UInt8]) throws(CodecFailure) -> Logic.State {
        do throws(CodecFailure) {
            return try codec.decode(state: bytes)
        } catch {
            throw CodecFailure("the field `s` cannot be read: \(error.reason)")
        }
    }

    private func replay(_ journal: EventJournal) throws(CodecFailure) -> Logic.State {
        var state = decider.initial
        if let snapshot = journal.snapshot { state = try snapshotState(snapshot) }
        for entry in journal.entries {
            do throws(CodecFailure) {
                try codec.replay(events: entry.events, onto: &state, by: decider)
            } catch {
                throw CodecFailure(
                    "the field `\(EventField.name(entry.sequence))` cannot be read: \(error.reason)"
                )
            }
        }
        return state
    }
}
