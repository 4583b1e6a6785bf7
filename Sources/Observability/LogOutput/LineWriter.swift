/// The bytes of one line under construction. Nothing that is written `escaped` or `quoted` can end the line,
/// reorder it on a screen or steer a terminal.
struct LineWriter {
    enum Escaping {
        /// Swift's form of an escape, `\u{1B}`.
        case plain
        /// JSON's form, `\u001B`.
        case json
    }

    /// The most bytes of one value. What is longer is cut off, and ends in an ellipsis.
    static let valueLimit = 2_048

    private(set) var bytes: [UInt8] = []
    private let escaping: Escaping

    init(escaping: Escaping) {
        self.escaping = escaping
        bytes.reserveCapacity(512)
    }

    /// Text that is known to be harmless.
    mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// A value in quotes.
    mutating func quoted(_ text: String) {
        raw("\"")
        escaped(text, isQuoted: true)
        raw("\"")
    }

    /// A value without quotes.
    mutating func escaped(_ text: String) { escaped(text, isQuoted: false) }

    private mutating func escaped(_ text: String, isQuoted: Bool) {
        var room = Self.valueLimit
        for scalar in text.unicodeScalars {
            let width = UTF8.width(scalar)
            guard width <= room else { return raw("…") }
            room -= width
            switch scalar {
            case "\"" where isQuoted, "\\" where isQuoted: raw("\\\(scalar)")
            case "\n": raw("\\n")
            case "\r": raw("\\r")
            case "\t": raw("\\t")
            case _ where Self.isHarmful(scalar): escape(scalar.value)
            case _: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }

    /// All harmful signs are in the basic plane but for the tags, which JSON spells as two.
    private mutating func escape(_ value: UInt32) {
        switch escaping {
        case .plain: raw("\\u{\(String(value, radix: 16, uppercase: true))}")
        case .json where value > 0xFFFF:
            escape(0xD800 + (value - 0x1_0000) >> 10)
            escape(0xDC00 + (value - 0x1_0000) & 0x3FF)
        case .json:
            let digits = String(value, radix: 16, uppercase: true)
            raw("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        }
    }

    /// True for what is not to be shown as it is: control characters, line and paragraph separators, marks
    /// that are invisible or change the direction of text, and signs that Unicode has not assigned.
    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: return true
        case _: return false
        }
    }
}
