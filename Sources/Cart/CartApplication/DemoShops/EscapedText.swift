/// Percent-encoding with a sign of choice, as no field of ours may have a percent sign: any text in few characters, and back.
///
/// Letters, digits, `-`, `_` and `.` stand for themselves, every other byte for the sign and two upper-case hexadecimal
/// digits. No two texts come to the same.
package struct EscapedText: Sendable {
    /// Percent-encoding (RFC 3986, 2.1).
    package static let percent = EscapedText(sign: "%")

    /// Neither a letter, a digit, `-`, `_` nor `.`.
    let sign: Unicode.Scalar

    /// The text in the few characters; nil if that takes more than `maximum`.
    func escape(_ text: String, maximum: Int) -> String? {
        guard text.utf8.count <= maximum else { return nil }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if Self.isPlain(byte) {
                escaped.append(byte)
            } else {
                escaped.append(UInt8(ascii: sign))
                escaped.append(Self.digit(byte >> 4))
                escaped.append(Self.digit(byte & 0xF))
            }
        }
        return escaped.count <= maximum ? String(decoding: escaped, as: UTF8.self) : nil
    }

    /// The text that was escaped; a text that never was stays as it is.
    func restore(_ escaped: String) -> String { decode(escaped.utf8[...]) ?? escaped }

    /// The text that was escaped; nil where a sign has no two hexadecimal digits, or the result is not UTF-8. Other
    /// characters stand for themselves.
    package func decode(_ escaped: Substring.UTF8View) -> String? {
        guard escaped.contains(UInt8(ascii: sign)) else { return String(Substring(escaped)) }
        var bytes: [UInt8] = []
        var rest = escaped
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: sign) else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Self.value(of:)),
                let low = rest.popFirst().flatMap(Self.value(of:))
            else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case _: nil
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        case _: false
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + (value - 10)
    }
}
