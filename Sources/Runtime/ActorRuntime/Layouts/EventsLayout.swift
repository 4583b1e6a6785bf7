package import Ownership

/// The strategy `events`: each commit adds its events in a field of its own. Every so many commits or bytes
/// the whole state before the commit takes the place of all older events, so that neither the record nor a
/// restore grows without bound.
///
/// Events that end an actor's history (`Decider.endsHistory`) are not kept, and neither is what was there.
package struct EventsLayout<Logic: Decider>: StateLayout {
    /// The allowed numbers of commits on top of a whole state.
    package static var intervals: ClosedRange<Int> { 1...10_000 }

    /// The most bytes of events on top of a whole state: with more, a restore would take too much of the
    /// connection that all actors share. A commit with more writes the state that it led to and no events.
    package static var journalByteLimit: Int { 4 << 20 }

    package let reader: StateReader<Logic>
    private let interval: UInt64
    private let byteLimit: Int

    /// - Parameters:
    ///   - interval: the most commits on top of a whole state; clamped to `intervals`.
    ///   - byteLimit: the most bytes of events on top of a whole state.
    package init(
        _ reader: StateReader<Logic>,
        snapshotEvery interval: Int,
        byteLimit: Int = Self.journalByteLimit
    ) {
        self.reader = reader
        self.interval = UInt64(min(max(interval, Self.intervals.lowerBound), Self.intervals.upperBound))
        self.byteLimit = byteLimit
    }

    package func write(_ change: StateChange<Logic>) throws(CodecFailure) -> WrittenChange {
        let events = ContentField(
            EventField.name(change.sequence),
            try reader.codec.encode(events: change.events)
        )
        let bytes = events.value.count
        switch step(for: change, adding: bytes) {
        case .begin(let base):
            return WrittenChange(
                ContentChange(set: try content(of: change.before, at: base) + [events]),
                leaves: .events(base: base, bytes: bytes)
            )
        case .add(let base, let total):
            return WrittenChange(ContentChange(set: [events]), leaves: .events(base: base, bytes: total))
        case .replace(let base):
            let content = try content(of: change.before, at: base) + [events]
            return WrittenChange(
                ContentChange(set: content, replaces: true),
                leaves: .events(base: base, bytes: bytes)
            )
        case .forget:
            return WrittenChange(
                ContentChange(
                    set: try content(of: change.after, at: change.sequence),
                    replaces: change.form != .empty
                ),
                leaves: form(at: change.sequence)
            )
        }
    }

    package func content(
        of state: Logic.State,
        at sequence: SequenceNumber
    ) throws(CodecFailure) -> [ContentField] {
        guard sequence > .zero else { return [base(.zero)] }
        return [base(sequence), ContentField(EventField.snapshot, try reader.codec.encode(state: state))]
    }

    package func form(at sequence: SequenceNumber) -> StoredForm { .events(base: sequence, bytes: 0) }

    private func base(_ sequence: SequenceNumber) -> ContentField {
        ContentField(EventField.base, Array(String(sequence.rawValue).utf8))
    }

    private enum Step {
        /// The first events of an actor, on its initial state at this version. No commit made that version,
        /// but readers find the events of all versions after it, as after any whole state.
        case begin(base: SequenceNumber)
        /// The events join those that are there, which then have so many bytes.
        case add(base: SequenceNumber, bytes: Int)
        /// The state of this version takes the place of what is there.
        case replace(base: SequenceNumber)
        /// The state after the commit takes the place of what is there; its events are not kept.
        case forget
    }

    private func step(for change: StateChange<Logic>, adding bytes: Int) -> Step {
        if bytes > byteLimit || reader.decider.endsHistory(change.events) { return .forget }
        let sequence = change.sequence.rawValue
        let before = SequenceNumber(sequence > 0 ? sequence - 1 : 0)
        switch change.form {
        case .empty:
            return .begin(base: before)
        case .events(let base, let present):
            let (kept, overflows) = before.rawValue.subtractingReportingOverflow(base.rawValue)
            let (total, isAbsurd) = present.addingReportingOverflow(bytes)
            return overflows || kept >= interval || isAbsurd || total > byteLimit
                ? .replace(base: before) : .add(base: base, bytes: total)
        case .snapshot, .incremental, .unknown:
            return .replace(base: before)
        }
    }
}
