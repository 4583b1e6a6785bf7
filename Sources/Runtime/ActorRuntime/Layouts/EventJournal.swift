package import Ownership

/// The record of the strategy `events`: a whole state, and the events of each commit since, without a gap.
package struct EventJournal: Sendable {
    /// The events of one commit, as bytes.
    package struct Entry: Sendable, Hashable {
        /// The version that the commit made.
        package let sequence: SequenceNumber
        package let events: [UInt8]
    }

    /// The version of the whole state; 0 for the initial one.
    package let base: SequenceNumber
    /// That state as bytes; nil for the initial one.
    package let snapshot: [UInt8]?
    /// In the order of the versions, from the one after `base` on.
    package let entries: [Entry]

    /// The size of all events.
    package var bytes: Int { entries.reduce(0) { $0 + $1.events.count } }

    /// Finds the journal in a record's content.
    ///
    /// - Throws: `CodecFailure` if a field is missing, superfluous or wrongly named.
    package init(_ content: [ContentField], upTo sequence: SequenceNumber) throws(CodecFailure) {
        var base: SequenceNumber?
        var snapshot: [UInt8]?
        var entries: [Entry] = []
        for field in content {
            if field.name == EventField.base {
                guard let number = EventField.number(field.value) else {
                    throw CodecFailure("the field `\(EventField.base)` is no version")
                }
                base = number
            } else if field.name == EventField.snapshot {
                snapshot = field.value
            } else if let number = EventField.sequence(of: field.name) {
                entries.append(Entry(sequence: number, events: field.value))
            } else {
                throw CodecFailure("the field `\(field.name)` is of a form that this build does not know")
            }
        }
        guard let base else { throw CodecFailure("the field `\(EventField.base)` is missing") }
        guard (base == .zero) == (snapshot == nil) else {
            throw CodecFailure("the field `s` is \(snapshot == nil ? "missing" : "there, for version 0")")
        }
        entries.sort { $0.sequence < $1.sequence }
        try Self.checkGaps(entries, from: base, upTo: sequence)
        self.base = base
        self.snapshot = snapshot
        self.entries = entries
    }

    private static func checkGaps(
        _ entries: [Entry],
        from base: SequenceNumber,
        upTo sequence: SequenceNumber
    ) throws(CodecFailure) {
        var last = base
        for entry in entries {
            guard entry.sequence == last.next else {
                throw CodecFailure("the events of version \(last.next.rawValue) are missing")
            }
            last = entry.sequence
        }
        guard last == sequence else {
            throw CodecFailure(
                last < sequence
                    ? "the events of version \(last.next.rawValue) are missing"
                    : "there are events up to version \(last.rawValue), and the record is at \(sequence.rawValue)"
            )
        }
    }
}

/// The stored state of an actor, in whatever form it lies.
package struct StoredContent: Sendable {
    /// All fields of the record that are not its own.
    package let fields: [ContentField]
    /// The version of the state, above 0.
    package let sequence: SequenceNumber

    package init(_ fields: [ContentField], at sequence: SequenceNumber) {
        self.fields = fields
        self.sequence = sequence
    }

    /// The journal that is stored; nil for the strategies that keep none.
    ///
    /// - Throws: as `EventJournal.init`.
    package func journal() throws(CodecFailure) -> EventJournal? {
        guard fields.contains(where: { $0.name == EventField.base }) else { return nil }
        return try EventJournal(fields, upTo: sequence)
    }
}

/// The names of the fields that the strategy `events` writes.
enum EventField {
    /// The version of the whole state.
    static let base = "b"
    /// The whole state.
    static let snapshot = "s"
    private static let prefix = "ev:"

    /// The field that holds the events of the commit that made this version.
    static func name(_ sequence: SequenceNumber) -> String { prefix + String(sequence.rawValue) }

    /// The version in such a name; nil for any other name, also for one that we would write otherwise.
    static func sequence(of name: String) -> SequenceNumber? {
        guard name.hasPrefix(prefix) else { return nil }
        return number(Array(name.utf8.dropFirst(prefix.utf8.count)))
    }

    /// A version in plain decimal digits.
    static func number(_ bytes: [UInt8]) -> SequenceNumber? {
        guard let number = UInt64(String(decoding: bytes, as: UTF8.self)),
            Array(String(number).utf8) == bytes, number < .max
        else { return nil }
        return SequenceNumber(number)
    }
}
