import Cart
import CartActor
import CartApplication
import CartTesting
import Foundation
import SeededRandom
import Testing

@testable import CartHTTP

@Suite struct JSONReaderTests {
    private func read(_ text: String) throws(JSONError) -> JSONValue {
        try JSONReader.read(Array(text.utf8))
    }

    @Test(arguments: [
        ("null", JSONValue.null), (" true\n", .boolean(true)), ("\tfalse\r", .boolean(false)),
        ("0", .integer(0)),
        ("-0", .integer(0)), ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .hugeInteger), ("-9223372036854775809", .hugeInteger),
        ("99999999999999999999999999", .hugeInteger), ("1.5", .fraction), ("-1e-2", .fraction),
        ("\"\"", .string("")), (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
        (#""\u00e9\uD83D\uDE00\u0000""#, .string("é😀\0")), ("\"é😀\u{7F}\"", .string("é😀\u{7F}")),
        ("[]", .array([])), ("[1, [ ] ]", .array([.integer(1), .array([])])), ("{}", .object([])),
        (
            #"{"a" : 1,"":{}}"#,
            .object([.init(name: "a", value: .integer(1)), .init(name: "", value: .object([]))])
        ),
    ])
    func `what RFC 8259 allows is read`(text: String, value: JSONValue) throws {
        #expect(try read(text) == value)
    }

    /// JSON and JSON Schema know numbers, not spellings of numbers.
    @Test(arguments: [
        ("2.0", JSONValue.integer(2)), ("2e0", .integer(2)), ("2E+0", .integer(2)), ("2.000e-0", .integer(2)),
        ("1E+2", .integer(100)), ("1.5e1", .integer(15)), ("-1.50E01", .integer(-15)), ("20e-1", .integer(2)),
        ("0.02e2", .integer(2)), ("-0.0", .integer(0)), ("0e99999999999999999999", .integer(0)),
        ("0.0e-99999999999999999999", .integer(0)), ("9223372036854775807.0", .integer(.max)),
        ("-9.223372036854775808e18", .integer(.min)), ("-922337203685477580800e-2", .integer(.min)),
        ("9.223372036854775808e18", .hugeInteger), ("1e19", .hugeInteger), ("1e400", .hugeInteger),
        ("1e99999999999999999999", .hugeInteger), ("-1e9223372036854775807", .hugeInteger),
        ("2.5", .fraction),
        ("2.0000000000000000000000001", .fraction), ("25e-1", .fraction), ("1e-1", .fraction),
        ("0.1e0", .fraction), ("1e-99999999999999999999", .fraction), ("1e-9223372036854775808", .fraction),
    ])
    func `an integer is one however it is written`(text: String, value: JSONValue) throws {
        #expect(try read(text) == value)
        #expect(try read("[\(text),1]") == .array([value, .integer(1)]))
    }

    @Test func `numbers of many digits are exact, and cost no more than their length`() throws {
        let zeros = String(repeating: "0", count: 60_000)
        let texts: [(String, JSONValue)] = [
            ("2.\(zeros)", .integer(2)), ("2\(zeros)e-60000", .integer(2)),
            ("0.\(zeros)2e60001", .integer(2)),
            ("2.\(zeros)1", .fraction), ("2\(zeros)", .hugeInteger), ("2e1\(zeros)", .hugeInteger),
            ("2e-1\(zeros)", .fraction),
        ]
        let start = ContinuousClock.now
        for (text, value) in texts { #expect(try read(text) == value) }
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test(arguments: [
        ("", 0), (" ", 1), ("nul", 3), ("nulL", 3), ("truefalse", 4), ("01", 1), ("-", 1), ("+1", 0),
        (".5", 0), ("1.", 2),
        ("1e", 2), ("1e+", 3), ("0x1", 1), ("NaN", 0), ("[1,]", 3), ("[1 2]", 3), ("[", 1), ("{\"a\"}", 4),
        ("{a:1}", 1),
        ("{\"a\":1,}", 7), ("'a'", 0), ("\"a", 2), ("\"\n\"", 1), (#""\x""#, 2), (#""\u12""#, 5),
        (#""\uDC00""#, 7),
        (#""\uD800""#, 7), (#""\uD800\n""#, 8), (#""\uD800\uD800""#, 13), ("1 1", 2), ("// x", 0),
        ("\u{FEFF}1", 0),
    ])
    func `what it does not allow is refused where it goes wrong`(text: String, offset: Int) {
        let flaw = #expect(throws: JSONError.self) { try read(text) }
        #expect(flaw?.kind == .syntax(offset: offset))
    }

    @Test func `broken UTF-8 is refused with and without escapes before it`() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0xED, 0xA0, 0x80, 0x22],
        ] {
            #expect(throws: JSONError.self) { try JSONReader.read(bytes) }
        }
    }

    @Test func `nesting, members and duplicates are limited where they are`() throws {
        #expect(throws: Never.self) {
            try read(String(repeating: "[", count: 8) + String(repeating: "]", count: 8))
        }
        let deep = #"{"a~b":"# + String(repeating: "[", count: 100_000)
        let place = JSONPointer()["a~b"]["0"]["0"]["0"]["0"]["0"]["0"]["0"]
        #expect(throws: JSONError(kind: .tooDeep, pointer: place)) { try read(deep) }
        #expect(place.text == "/a~0b/0/0/0/0/0/0/0")
        let many = (0...128).map { "\"\($0)\":0" }.joined(separator: ",")
        #expect(throws: JSONError(kind: .tooManyMembers, pointer: JSONPointer()["m"])) {
            try read("{\"m\":{\(many)}}")
        }
        #expect(throws: JSONError(kind: .duplicate, pointer: JSONPointer()["m"]["1"])) {
            try read(#"{"m":{"1":0,"\u0031":1}}"#)
        }
    }

    @Test func `no bytes whatever stop the reader`() throws {
        var random = SplitMix64(seed: 7)
        let alphabet = Array(#"{}[]",:\u0aD8C-+.e19tfn "#.utf8) + [0xFF, 0xC3, 0x00]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...24, using: &random)).compactMap { _ in
                alphabet.randomElement(using: &random)
            }
            let ours = try? JSONReader.read(bytes)
            guard ours != nil else { continue }
            // Whatever we take, Foundation takes too.
            #expect(throws: Never.self, "\(bytes)") {
                try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            }
        }
    }
}

@Suite struct JSONWriterTests {
    private func parsed(_ write: (inout JSONWriter) -> Void) throws -> Any {
        var writer = JSONWriter(capacity: 1)
        writer.raw("[")
        write(&writer)
        writer.raw("]")
        let array = try JSONSerialization.jsonObject(with: Data(buffer: writer.buffer)) as? [Any]
        return try #require(array?.first)
    }

    @Test func `every string comes back from Foundation's parser`() throws {
        for scalar in (0...0x2FF).compactMap(Unicode.Scalar.init) {
            let text = "a\(Character(scalar))b"
            #expect(try parsed { $0.string(text) } as? String == text)
        }
        for text in ["", "\u{2028}\u{2029}", "😀\u{10FFFF}", "\"\\/\u{8}\u{C}\n\r\t\u{1F}\u{7F}", "</script>"]
        {
            #expect(try parsed { $0.string(text) } as? String == text)
        }
        #expect(try parsed { $0.string(nil) } is NSNull)
    }

    @Test func `integers are exact`() throws {
        for number in [0, -1, .max, .min] as [Int64] {
            #expect(try parsed { $0.integer(number) } as? Int64 == number)
        }
        #expect(try parsed { $0.integer(UInt64.max) } as? UInt64 == .max)
        #expect(try parsed { $0.integer(Int64?.none) } is NSNull)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (-62_162_035_200_001, "0000-02-29T23:59:59.999Z"),
            (1_795_363_757_042, "2026-11-22T16:09:17.042Z"),
        ] as [(Int64, String)]
    )
    func `a moment is written as RFC 3339 has it`(milliseconds: Int64, text: String) throws {
        #expect(try parsed { $0.timestamp(Timestamp(milliseconds: milliseconds)) } as? String == text)
    }

    @Test(arguments: [253_402_300_800_000, -62_167_219_200_001, .max, .min] as [Int64])
    func `a moment that RFC 3339 can not write is null`(milliseconds: Int64) throws {
        #expect(try parsed { $0.timestamp(Timestamp(milliseconds: milliseconds)) } is NSNull)
    }

    @Test func `moments agree with Foundation's calendar`() throws {
        var random = SplitMix64(seed: 11)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for _ in 0..<2_000 {
            // From the Gregorian calendar's introduction on; Foundation has the Julian one before.
            let seconds = Int64.random(in: -12_000_000_000...250_000_000_000, using: &random)
            let text = try parsed { $0.timestamp(Timestamp(milliseconds: seconds * 1_000)) } as? String
            #expect(text == Date(timeIntervalSince1970: Double(seconds)).formatted(style))
        }
    }
}
