import Foundation
import LogOutput
import Logging
import Testing

/// A record becomes one line, whatever it holds.
@Suite struct LogFormatTests {
    /// Values that would break a line, a parser or a terminal.
    private static let hostile = [
        "", " ", "a b", "\"", "\\", "\\\"", "}{", "a\nb", "a\r\nb", "\t", "\u{0}",
        "\u{1B}[2J\u{1B}]0;owned\u{7}",
        "\u{7F}", "\u{85}", "\u{9B}31m", "\u{2028}", "\u{2029}", "\u{202E}evil", "\u{200B}", "\u{FEFF}",
        "\u{E0041}", "\u{10FFFF}", "🛒 ü €", "level=critical event=node.failed",
        String(decoding: [0xC3, 0x28, 0xFF, 0xFE, 0x80], as: UTF8.self), "=", "{\"time\":1}",
    ]

    private static func record(_ value: String, name: String = "cause") -> LogRecord {
        LogRecord(
            time: LogTimestamp(milliseconds: 1_795_861_800_250),
            level: .warning,
            event: "redis.disconnected",
            message: value,
            details: [name: .text(value), "actors": .number("7"), "node": .text("n-1")]
        )
    }

    private static func object(_ line: [UInt8]) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
    }

    @Test(arguments: hostile)
    func `a line of JSON is one object, and gives a value back as it was`(_ value: String) throws {
        let line = LogFormat.json.line(of: Self.record(value))
        #expect(line.count { $0 == UInt8(ascii: "\n") } == 1 && line.last == UInt8(ascii: "\n"))
        let object = try Self.object(line)
        #expect(object["cause"] as? String == value)
        #expect(object["message"] as? String == value)
        #expect(object["actors"] as? Int == 7)
        #expect(object["time"] as? String == "2026-11-28T10:30:00.250Z")
    }

    @Test(arguments: hostile, LogFormat.allCases)
    func `no line holds what a terminal or a viewer would act on`(_ value: String, _ format: LogFormat) {
        let line = String(decoding: format.line(of: Self.record(value)).dropLast(), as: UTF8.self)
        for scalar in line.unicodeScalars {
            let category = scalar.properties.generalCategory
            #expect(
                ![.control, .format, .lineSeparator, .paragraphSeparator].contains(category),
                "\(scalar.escaped(asASCII: true)) in \(format)"
            )
        }
    }

    @Test func `a line of text reads from left to right, and quotes what is no word`() {
        let record = LogRecord(
            time: LogTimestamp(milliseconds: 0),
            level: .warning,
            event: "session.over",
            message: "session over",
            details: [
                "why": .text("it \"ended\""), "node": .text("n-1"), "actors": .number("3"),
                "session": .text("5f"),
            ]
        )
        let line = String(decoding: LogFormat.text.line(of: record), as: UTF8.self)
        let head = "1970-01-01T00:00:00.000Z warning session.over: session over"
        #expect(line == head + #" node=n-1 session=5f actors=3 why="it \"ended\"""# + "\n")
    }

    @Test func `times before 1970 and the last milliseconds of a second are right`() {
        #expect(LogTimestamp(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
        #expect(LogTimestamp(milliseconds: 951_782_399_999).description == "2000-02-28T23:59:59.999Z")
        #expect(LogTimestamp(milliseconds: 951_782_400_000).description == "2000-02-29T00:00:00.000Z")
    }

    @Test func `a detail cannot pose as what every line has`() throws {
        for name in ["time", "level", "event", "message"] {
            let object = try Self.object(LogFormat.json.line(of: Self.record("x", name: name)))
            #expect(object["level"] as? String == "warning")
            #expect(object["event"] as? String == "redis.disconnected")
            #expect(object["\(name)_"] as? String == "x")
        }
    }

    @Test func `long values and many details are cut off`() throws {
        let long = String(repeating: "ü", count: 100_000)
        let many = Dictionary(
            uniqueKeysWithValues: (0..<1_000).map { ("k\($0)", LogRecord.Field.Value.text(long)) }
        )
        let record = LogRecord(
            time: .now,
            level: .error,
            event: "x.y",
            message: long,
            details: many.merging(["node": .text("n-1")]) { $1 }
        )
        let line = LogFormat.json.line(of: record)
        #expect(line.count < 128 * 1_024)
        let object = try Self.object(line)
        #expect((object["message"] as? String)?.hasSuffix("ü…") == true)
        #expect(object["node"] as? String == "n-1")
    }

    @Test(arguments: [
        (["--log-format", "json"], [:], LogFormat.json), (["--log-format=json"], [:], .json),
        ([], ["CART_LOG_FORMAT": "json"], .json), ([], [:], .text),
        (["--log-format=text"], ["CART_LOG_FORMAT": "json"], .text), (["json", "--log-format"], [:], .text),
    ])
    func `the form of the last line is known before the settings are`(
        _ arguments: [String],
        _ environment: [String: String],
        _ format: LogFormat
    ) {
        #expect(LogFormat(requestedBy: arguments, environment) == format)
    }
}
