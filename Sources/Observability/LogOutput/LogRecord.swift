package import LogEvents
package import Logging

/// One line of the log before it has a form.
package struct LogRecord: Sendable {
    /// A fact about the event.
    package struct Field: Sendable, Equatable {
        package enum Value: Sendable, Equatable {
            case text(String)
            /// Digits, as JSON spells numbers.
            case number(String)
        }

        package let name: String
        package let value: Value

        package init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// The names of what every line has. A detail of such a name gets another.
    static let ownNames: Set<String> = ["time", "level", "event", "message"]

    /// The names of what stands in front of the details, in this order, where it is known.
    static let contextNames = ["node", "session", "trace_id", "span_id"]

    /// The most details of one line. Further ones are left out.
    static let fieldLimit = 32

    package let time: LogTimestamp
    package let level: Logger.Level
    package let event: String
    package let message: String
    package let fields: [Field]

    /// - Parameter details: in any order; those of `contextNames` come first, and all others by their names.
    package init(
        time: LogTimestamp,
        level: Logger.Level,
        event: String,
        message: String,
        details: [String: Field.Value]
    ) {
        self.time = time
        self.level = level
        self.event = event
        self.message = message
        let context = Self.contextNames.filter { details[$0] != nil }
        let others = details.keys.filter { !context.contains($0) }.sorted()
        fields = (context + others).prefix(Self.fieldLimit).compactMap { name in
            details[name].map { Field(name, $0) }
        }
    }
}

extension LogRecord {
    /// A record of this moment about an event that no logger was asked to log.
    package init(of event: LoggedEvent, details: [String: Field.Value]) {
        self.init(
            time: .now,
            level: event.level,
            event: event.rawValue,
            message: event.sentence,
            details: details
        )
    }
}

extension LogRecord.Field.Value {
    /// A value of swift-log's metadata. Whole numbers stay numbers; lists and dictionaries become text.
    init(_ value: Logger.MetadataValue) {
        switch value {
        case .stringConvertible(let number as any BinaryInteger): self = .number("\(number)")
        case _: self = .text("\(value)")
        }
    }
}
