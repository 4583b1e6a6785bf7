import CartApplication
import HTTPTypes

extension IdempotencyKey {
    /// The key that a request has, if it has one.
    ///
    /// The draft wants a string as structured fields have it, `"…"` with `\"` and `\\` (RFC 8941, 3.3.3);
    /// most clients send the key bare. Both spellings are the same key.
    static func read(_ fields: HTTPFields) throws(RequestError) -> IdempotencyKey? {
        let values = fields[values: .idempotencyKey]
        guard let value = values.first else { return nil }
        guard values.count == 1, let text = unquoted(value), let key = IdempotencyKey(text) else {
            throw .malformedHeader(HTTPField.Name.idempotencyKey.rawName, expected: expectation)
        }
        return key
    }

    /// The content of a structured field's string, or the text itself if it begins without a quote; nil if
    /// the string is malformed.
    private static func unquoted(_ field: String) -> String? {
        guard field.utf8.first == UInt8(ascii: "\"") else { return field }
        var rest = field.utf8.dropFirst()
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                return rest.isEmpty ? String(decoding: text, as: UTF8.self) : nil
            case UInt8(ascii: "\\"):
                guard let next = rest.popFirst(), next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\")
                else {
                    return nil
                }
                text.append(next)
            default:
                text.append(byte)
            }
        }
        return nil
    }
}
