import PercentEncoding

/// Percent-encoding with a sign of choice, as no field of ours may have a percent sign: any text in few
/// characters, and back.
///
/// Letters, digits, `-`, `_` and `.` stand for themselves, every other byte for the sign and two upper-case
/// hexadecimal digits. No two texts come to the same.
struct EscapedText: Sendable {
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
    func restore(_ escaped: String) -> String {
        PercentEncoding.decode(escaped[...].utf8, sign: UInt8(ascii: sign)) ?? escaped
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
