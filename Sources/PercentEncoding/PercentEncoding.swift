/// Percent-encoding of text (RFC 3986, section 2.1).
package enum PercentEncoding {
    /// The text that was encoded; nil where a percent sign is not followed by two hexadecimal digits, or
    /// where the result is not UTF-8.
    ///
    /// Every other byte stands for itself; `+` is no blank.
    package static func decode(_ encoded: Substring.UTF8View) -> String? {
        let sign = UInt8(ascii: "%")
        // Most texts have nothing to decode.
        guard encoded.contains(sign) else { return String(Substring(encoded)) }
        var bytes: [UInt8] = []
        var rest = encoded
        while let byte = rest.popFirst() {
            guard byte == sign else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(value(ofDigit:)),
                let low = rest.popFirst().flatMap(value(ofDigit:))
            else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case _: nil
        }
    }
}
