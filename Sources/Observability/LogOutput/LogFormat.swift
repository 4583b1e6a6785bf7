import Logging

/// The form of the lines of a node's log.
package enum LogFormat: String, Sendable, CaseIterable {
    /// For people: time, level, event, message, then the details as `name=value`.
    case text
    /// For programs: a JSON object.
    case json

    /// The form that is asked for before the settings can be read: as far as it can be told without reading them.
    package init(requestedBy arguments: [String], _ environment: [String: String]) {
        let option = "--log-format"
        let json = Self.json.rawValue
        let isAsked =
            arguments.contains("\(option)=\(json)")
            || zip(arguments, arguments.dropFirst()).contains { $0 == option && $1 == json }
        let isGiven = arguments.contains { $0 == option || $0.hasPrefix(option + "=") }
        self = isAsked || (!isGiven && environment["CART_LOG_FORMAT"] == json) ? .json : .text
    }

    /// A record as one line with its end, whatever the record holds: control characters, line breaks and signs
    /// that would change a terminal are spelled out.
    package func line(of record: LogRecord) -> [UInt8] {
        var line: LineWriter
        switch self {
        case .text:
            line = LineWriter(escaping: .plain)
            line.text(record)
        case .json:
            line = LineWriter(escaping: .json)
            line.json(record)
        }
        line.raw("\n")
        return line.bytes
    }
}

extension LineWriter {
    fileprivate mutating func text(_ record: LogRecord) {
        raw(record.time.description)
        raw(" ")
        raw(record.level.rawValue)
        raw(" ")
        escaped(record.event)
        raw(": ")
        escaped(record.message)
        for field in record.fields {
            raw(" ")
            escaped(field.name)
            raw("=")
            switch field.value {
            case .number(let number): raw(number)
            case .text(let text) where Self.isWord(text): raw(text)
            case .text(let text): quoted(text)
            }
        }
    }

    fileprivate mutating func json(_ record: LogRecord) {
        raw("{\"time\":\"")
        raw(record.time.description)
        raw("\",\"level\":\"")
        raw(record.level.rawValue)
        raw("\",\"event\":")
        quoted(record.event)
        raw(",\"message\":")
        quoted(record.message)
        for field in record.fields {
            raw(",")
            quoted(LogRecord.ownNames.contains(field.name) ? field.name + "_" : field.name)
            raw(":")
            switch field.value {
            case .number(let number): raw(number)
            case .text(let text): quoted(text)
            }
        }
        raw("}")
    }

    /// True for text that needs no quotes to be one value.
    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
    }
}
