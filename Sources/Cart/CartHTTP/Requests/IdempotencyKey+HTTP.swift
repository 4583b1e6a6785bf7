import CartApplication
import HTTPTypes

extension IdempotencyKey {
    /// The key that a request has, if it has one.
    ///
    /// The draft wants a string as structured fields have it, `"…"` with `\"` and `\\`, whose parameters mean
    /// nothing here (RFC 9651, 3.3.3 and 3.1.2). Most clients send the key bare, without spaces. Both
    /// spellings are the same key.
    static func read(_ fields: RequestFields) throws(RequestError) -> IdempotencyKey? {
        guard let value = fields.idempotencyKey else { return nil }
        guard !fields.hasSeveralKeys, let text = text(of: value), let key = IdempotencyKey(text) else {
            throw .malformedHeader(HTTPField.Name.idempotencyKey.rawName, expected: expectation)
        }
        return key
    }

    /// The content of a structured field's string, or the text itself if it begins without a quote; nil if
    /// that is malformed.
    private static func text(of field: String) -> String? {
        guard field.utf8.first == UInt8(ascii: "\"") else {
            return field.utf8.contains(UInt8(ascii: " ")) ? nil : field
        }
        var rest = StructuredFieldReader(field)
        guard let text = rest.string(), rest.passParameters(), rest.isAtEnd else { return nil }
        return text
    }
}

/// Reads parts of a structured field (RFC 9651), from the front.
private struct StructuredFieldReader {
    private var rest: Substring.UTF8View

    init(_ field: String) {
        rest = Substring(field).utf8
    }

    /// True if only spaces are left, which a parser discards.
    var isAtEnd: Bool { rest.allSatisfy { $0 == UInt8(ascii: " ") } }

    /// Takes a string; nil if none stands here.
    mutating func string() -> String? {
        guard pass("\"") else { return nil }
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let next = rest.popFirst(), next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\")
                else {
                    return nil
                }
                text.append(next)
            case 0x20...0x7E:
                text.append(byte)
            default:
                return nil
            }
        }
        return nil
    }

    /// Passes parameters, possibly none; false if they are malformed.
    mutating func passParameters() -> Bool {
        while pass(";") {
            while pass(" ") {}
            guard let first = rest.first, Self.isLowercase(first) || first == UInt8(ascii: "*") else {
                return false
            }
            skip { Self.isLowercase($0) || Self.isDigit($0) || Self.isOne(of: "_-.*", $0) }
            guard !pass("=") || passValue() else { return false }
        }
        return true
    }

    /// Passes a bare item; false if none stands here.
    private mutating func passValue() -> Bool {
        switch rest.first {
        case UInt8(ascii: "\""):
            return string() != nil
        case UInt8(ascii: "?"):
            rest.removeFirst()
            return pass("0") || pass("1")
        case UInt8(ascii: ":"):
            rest.removeFirst()
            skip { Self.isLetter($0) || Self.isDigit($0) || Self.isOne(of: "+/=", $0) }
            return pass(":")
        case UInt8(ascii: "@"):
            rest.removeFirst()
            return passNumber(decimals: false)
        case UInt8(ascii: "%"):
            rest.removeFirst()
            return string() != nil
        case let first? where Self.isLetter(first) || first == UInt8(ascii: "*"):
            skip { Self.isLetter($0) || Self.isDigit($0) || Self.isOne(of: "!#$%&'*+-.^_`|~:/", $0) }
            return true
        case _:
            return passNumber(decimals: true)
        }
    }

    private mutating func passNumber(decimals: Bool) -> Bool {
        _ = pass("-")
        let digits = skip(while: Self.isDigit)
        guard decimals, pass(".") else { return (1...15).contains(digits) }
        return (1...12).contains(digits) && (1...3).contains(skip(while: Self.isDigit))
    }

    private mutating func pass(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// Passes all bytes that belong; returns their number.
    @discardableResult
    private mutating func skip(while belongs: (UInt8) -> Bool) -> Int {
        var count = 0
        while let first = rest.first, belongs(first) {
            rest.removeFirst()
            count += 1
        }
        return count
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLowercase(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { isLowercase(byte | 0x20) }
    private static func isOne(of characters: StaticString, _ byte: UInt8) -> Bool {
        characters.withUTF8Buffer { $0.contains(byte) }
    }
}
