extension JSONReader {
    /// A number, of which only integers keep their value.
    mutating func number() throws(JSONError) -> JSONValue {
        let negative = pass("-")
        let start = position
        try digits()
        // A leading zero stands alone.
        if position - start > 1, bytes(since: start).first == UInt8(ascii: "0") {
            position = start + 1
            throw syntax()
        }
        let integer = integer(bytes(since: start), negative: negative)
        var fraction = false
        if pass(".") {
            fraction = true
            try digits()
        }
        if pass("e") || pass("E") {
            fraction = true
            if !pass("+") { _ = pass("-") }
            try digits()
        }
        return fraction ? .fraction : integer
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
        while let next, next >= 0x20, next != UInt8(ascii: "\\") {
            if next == UInt8(ascii: "\"") {
                guard let text = String(validating: bytes(since: start), as: UTF8.self) else {
                    throw syntax()
                }
                position += 1
                return text
            }
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
