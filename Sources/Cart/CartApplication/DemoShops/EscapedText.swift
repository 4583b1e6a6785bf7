/// Any text in the characters of a cart's id.
///
/// Letters, digits, `-`, `_` and `.` stand for themselves, every other byte for `~` and two upper-case
/// hexadecimal digits: percent-encoding with another sign, as no id may have a percent sign. No two texts
/// come to the same.
enum EscapedText {
    /// The text in the few characters; nil if that takes more than `maximum`.
    static func escape(_ text: String, maximum: Int) -> String? {
        guard text.utf8.count <= maximum else { return nil }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isPlain(byte) {
                escaped.append(byte)
            } else {
                escaped.append(UInt8(ascii: "~"))
                escaped.append(digit(byte >> 4))
                escaped.append(digit(byte & 0xF))
            }
        }
        return escaped.count <= maximum ? String(decoding: escaped, as: UTF8.self) : nil
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
