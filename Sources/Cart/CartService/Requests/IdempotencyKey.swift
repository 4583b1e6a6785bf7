import Cart
import HTTPTypes

/// What a client calls one request, so that it may send it again without its being done again: `Idempotency-Key` (IETF
/// draft-ietf-httpapi-idempotency-key-header).
package struct IdempotencyKey: Hashable, Sendable {
    /// The longest key, in characters.
    package static let maximumLength = 255
    /// The shortest key that a cart's id may be made of, in characters: a UUID has 32 or more, 128 bits in base 64 have 22.
    package static let minimumLengthForID = 20

    /// 1…255 visible ASCII characters (`!` to `~`); upper and lower case differ.
    package let text: String

    /// The key, or nil where the text can be none.
    package init?(_ text: String) {
        guard (1...Self.maximumLength).contains(text.utf8.count), text.utf8.allSatisfy(Self.isVisible) else {
            return nil
        }
        self.text = text
    }

    /// The key that a request has, if it has one.
    ///
    /// The draft wants a string as structured fields have it, `"…"` with `\"` and `\\` (RFC 8941, 3.3.3); most clients
    /// send the key bare. Both spellings are the same key.
    static func read(_ fields: HTTPFields) throws(RequestError) -> IdempotencyKey? {
        let values = fields[values: .idempotencyKey]
        guard let value = values.first else { return nil }
        guard values.count == 1, let text = unquoted(value), let key = IdempotencyKey(text) else {
            throw .malformedIdempotencyKey
        }
        return key
    }

    /// The id of the cart that a request creates which names none: the same for each copy of the request.
    ///
    /// Whoever knows the key can find the cart, hence the key must not be easy to guess; that nobody else happens to have
    /// it is for its length to say.
    func cartID() throws(RequestError) -> CartID {
        guard text.utf8.count >= Self.minimumLengthForID else { throw .shortIdempotencyKey }
        let digest = RequestDigest.ofCart(self)
        return CartID(
            randomHigh: UInt64(truncatingIfNeeded: digest >> 64),
            randomLow: UInt64(truncatingIfNeeded: digest)
        )
    }

    /// What stands in a structured field's string, or the text itself if it begins without a quote; nil if the string is
    /// broken.
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

    private static func isVisible(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }
}
