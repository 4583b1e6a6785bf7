package import Ownership

/// The strategy `events`: each commit adds its events in a field of its own. Every so many commits the whole
/// state before the commit takes the place of all older events, so that neither the record nor a restore
/// grows without bound.
package struct EventsLayout<Logic: Decider>: StateLayout {
    /// The allowed numbers of commits on top of a whole state.
    package static var intervals: ClosedRange<Int> { 1...10_000 }

    package let reader: StateReader<Logic>
    private let interval: UInt64

    /// - Parameter interval: the most commits on top of a whole state; clamped to `intervals`.
    package init(_ reader: StateReader<Logic>, snapshotEvery interval: Int) {
        self.reader = reader
        self.interval = UInt64(min(max(interval, Self.intervals.lowerBound), Self.intervals.upperBound))
    }

    package func content(
        of change: StateChange<Logic>,
        at sequence: SequenceNumber,
        on form: StoredForm
    ) throws(CodecFailure) -> ContentChange {
        let events = ContentField(
            EventField.name(sequence),
            try reader.codec.encode(events: change.events)
        )
        switch step(on: form, at: sequence) {
        case .begin(let base): return ContentChange(set: try content(of: change.before, at: base) + [events])
        case .add: return ContentChange(set: [events])
        case .replace(let base):
            return ContentChange(set: try content(of: change.before, at: base) + [events], replaces: true)
        }
    }

    package func form(after form: StoredForm, at sequence: SequenceNumber) -> StoredForm {
        switch step(on: form, at: sequence) {
        case .add: form
        case .begin(let base), .replace(let base): .written(by: .events, base: base)
        }
    }

    package func content(
        of state: Logic.State,
        at sequence: SequenceNumber
    ) throws(CodecFailure) -> [ContentField] {
        guard sequence > .zero else { return [base(.zero)] }
        return [base(sequence), ContentField(EventField.snapshot, try reader.codec.encode(state: state))]
    }

    package func form(at sequence: SequenceNumber) -> StoredForm { .written(by: .events, base: sequence) }

    private func base(_ sequence: SequenceNumber) -> ContentField {
        ContentField(EventField.base, Array(String(sequence.rawValue).utf8))
    }

    private enum Step {
        /// The first events of an actor, on its initial state at this version. No commit made that version,
        /// but readers find the events of all versions after it, as after any whole state.
        case begin(base: SequenceNumber)
        case add
        /// The state of this version takes the place of what is there.
        case replace(base: SequenceNumber)
    }

    private func step(on form: StoredForm, at sequence: SequenceNumber) -> Step {
        let before = SequenceNumber(sequence.rawValue > 0 ? sequence.rawValue - 1 : 0)
        switch form {
        case .empty:
            return .begin(base: before)
        case .written(by: .events, let base):
            let (kept, overflows) = before.rawValue.subtractingReportingOverflow(base.rawValue)
            return overflows || kept >= interval ? .replace(base: before) : .add
        case .written(by: .snapshot, _), .written(by: .incremental, _):
            return .replace(base: before)
        }
    }
}
