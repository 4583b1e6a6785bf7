extension JSONReader {
    /// A number, of which only integers keep their value, however they are written.
    mutating func number() throws(JSONError) -> JSONValue {
        let negative = pass("-")
        let start = position
        try digits()
        let whole = bytes(since: start)
        // A leading zero stands alone.
        if whole.count > 1, whole.first == UInt8(ascii: "0") {
            position = start + 1
            throw syntax()
        }
        var isPlain = true
        var decimals: ArraySlice<UInt8> = []
        if pass(".") {
            isPlain = false
            let start = position
            try digits()
            decimals = bytes(since: start)
        }
        var exponent = 0
        if pass("e") || pass("E") {
            isPlain = false
            exponent = try self.exponent()
        }
        if isPlain { return integer(whole, negative: negative) }
        return integer(whole + decimals, scale: exponent - decimals.count, negative: negative)
    }

    /// The exponent, kept within a billion, beyond which no body has the digits to make it matter.
    private mutating func exponent() throws(JSONError) -> Int {
        let isNegative = pass("-")
        if !isNegative { _ = pass("+") }
        let start = position
        try digits()
        let most = 1_000_000_000
        let magnitude = bytes(since: start).reduce(0) { min(most, $0 * 10 + Int($1) - 0x30) }
        return isNegative ? -magnitude : magnitude
    }

    /// The digits times ten to the power of `scale`: exact, and without more digits than are written here.
    private func integer(_ digits: ArraySlice<UInt8>, scale: Int, negative: Bool) -> JSONValue {
        let zero = UInt8(ascii: "0")
        let significant = digits.drop { $0 == zero }
        guard let last = significant.lastIndex(where: { $0 != zero }) else { return .integer(0) }
        let kept = significant[...last]
        let zeros = scale + significant.count - kept.count
        guard zeros >= 0 else { return .fraction }
        // No integer of 64 bits has more digits.
        guard kept.count + zeros <= 19 else { return .hugeInteger }
        return integer(kept + Array(repeating: zero, count: zeros), negative: negative)
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { position += 1 }
        guard position > start else { throw syntax() }
    }

    private func integer(_ digits: ArraySlice<UInt8>, negative: Bool) -> JSONValue {
        var value: Int64 = 0
        for digit in digits {
            let units = Int64(digit) - 0x30
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            // Towards the sign from the start, or the least integer would not be reached.
            let (sum, more) = tens.addingReportingOverflow(negative ? -units : units)
            if overflow || more { return .hugeInteger }
            value = sum
        }
        return .integer(value)
    }

    /// A string of Unicode scalar values: lone surrogates and broken UTF-8 are syntax errors.
    mutating func string() throws(JSONError) -> String {
        guard pass("\"") else { throw syntax() }
        let start = position
        var all: UInt8 = 0
        while let next, next >= 0x20, next != UInt8(ascii: "\\") {
            if next == UInt8(ascii: "\"") {
                // Most strings need no check.
                let isASCII = all < 0x80
                let bytes = bytes(since: start)
                guard
                    let text = isASCII
                        ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
                else {
                    throw syntax()
                }
                position += 1
                return text
            }
            all |= next
            position += 1
        }
        return try escapedString(from: start)
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var text = Array(bytes(since: start))
        while let next, next >= 0x20 {
            position += 1
            switch next {
            case UInt8(ascii: "\""):
                guard let text = String(validating: text, as: UTF8.self) else { throw syntax() }
                return text
            case UInt8(ascii: "\\"):
                text.append(contentsOf: String(try escape()).utf8)
            default:
                text.append(next)
            }
        }
        throw syntax()
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        guard let next else { throw syntax() }
        position += 1
        switch next {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try scalar()
        default:
            position -= 1
            throw syntax()
        }
    }

    private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
        let high = try codeUnit()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard (0xD800...0xDBFF).contains(high), pass("\\"), pass("u") else { throw syntax() }
        let low = try codeUnit()
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else {
            throw syntax()
        }
        return scalar
    }

    private mutating func codeUnit() throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let next else { throw syntax() }
            switch next {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(next - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt32(next - 0x57)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt32(next - 0x37)
            default: throw syntax()
            }
            position += 1
        }
        return unit
    }
}
