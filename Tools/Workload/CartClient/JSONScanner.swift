/// Reads JSON as it comes along, and only what is asked for; all else is skipped.
///
/// A load generator reads a cart per request, and of each only its version and lines: a general decoder would be most of
/// its work. What is skipped is checked only so far that its end is found.
struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    private var place = 0

    /// How deep objects and arrays may lie in each other.
    private static let deepest = 32

    /// - Parameter bytes: outlive the scanner.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// A member's name, or a string's content, as it stands between the quotes.
    struct Text {
        fileprivate let bytes: Slice<UnsafeRawBufferPointer>

        static func == (text: Text, name: StaticString) -> Bool {
            text.bytes.count == name.utf8CodeUnitCount
                && name.withUTF8Buffer { text.bytes.elementsEqual($0) }
        }

        /// Its bytes; escapes are left as they are.
        var utf8: Slice<UnsafeRawBufferPointer> { bytes }
        var string: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// Where it is not what it should be, in bytes from the beginning.
    struct SyntaxError: Error, CustomStringConvertible {
        let place: Int
        let expected: StaticString

        var description: String { "\(expected) expected at byte \(place)" }
    }

    /// Reads an object: `member` reads each value, whose name it is given.
    mutating func object(_ member: (inout JSONScanner, Text) throws(SyntaxError) -> Void) throws(SyntaxError)
    {
        try take(UInt8(ascii: "{"), "an object")
        guard !takes(UInt8(ascii: "}")) else { return }
        repeat {
            let name = try text()
            try take(UInt8(ascii: ":"), "a colon")
            try member(&self, name)
        } while takes(UInt8(ascii: ","))
        try take(UInt8(ascii: "}"), "a brace")
    }

    /// Reads an array: `element` reads each element.
    mutating func array(_ element: (inout JSONScanner) throws(SyntaxError) -> Void) throws(SyntaxError) {
        try take(UInt8(ascii: "["), "an array")
        guard !takes(UInt8(ascii: "]")) else { return }
        repeat {
            try element(&self)
        } while takes(UInt8(ascii: ","))
        try take(UInt8(ascii: "]"), "a bracket")
    }

    /// Reads a string.
    mutating func text() throws(SyntaxError) -> Text {
        try take(UInt8(ascii: "\""), "a string")
        let start = place
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                let text = Text(bytes: bytes[start..<place])
                place += 1
                return text
            case UInt8(ascii: "\\"):
                place += 2
            default:
                place += 1
            }
        }
        throw SyntaxError(place: start, expected: "the end of a string")
    }

    /// Reads a string's digits, or a number's, none of them below 0.
    mutating func integer() throws(SyntaxError) -> UInt64 {
        let isText = takes(UInt8(ascii: "\""))
        skipSpace()
        let start = place
        var value: UInt64 = 0
        while place < bytes.count, case let digit = bytes[place] &- UInt8(ascii: "0"), digit < 10 {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carry else { throw SyntaxError(place: start, expected: "a smaller number") }
            value = sum
            place += 1
        }
        guard place > start else { throw SyntaxError(place: start, expected: "a number") }
        if isText { try take(UInt8(ascii: "\""), "the end of a string") }
        return value
    }

    /// Passes over a value.
    mutating func skip() throws(SyntaxError) {
        try skip(deeper: Self.deepest)
    }

    private mutating func skip(deeper: Int) throws(SyntaxError) {
        skipSpace()
        guard place < bytes.count, deeper > 0 else { throw SyntaxError(place: place, expected: "a value") }
        switch bytes[place] {
        case UInt8(ascii: "{"):
            try object { scanner, _ throws(SyntaxError) in try scanner.skip(deeper: deeper - 1) }
        case UInt8(ascii: "["):
            try array { scanner throws(SyntaxError) in try scanner.skip(deeper: deeper - 1) }
        case UInt8(ascii: "\""):
            _ = try text()
        default:
            let start = place
            while place < bytes.count, Self.isScalar(bytes[place]) { place += 1 }
            guard place > start else { throw SyntaxError(place: place, expected: "a value") }
        }
    }

    /// What numbers, `true`, `false` and `null` are written with.
    private static func isScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private mutating func skipSpace() {
        while place < bytes.count, bytes[place] <= 0x20 { place += 1 }
    }

    private mutating func takes(_ byte: UInt8) -> Bool {
        skipSpace()
        guard place < bytes.count, bytes[place] == byte else { return false }
        place += 1
        return true
    }

    private mutating func take(_ byte: UInt8, _ expected: StaticString) throws(SyntaxError) {
        guard takes(byte) else { throw SyntaxError(place: place, expected: expected) }
    }
}
