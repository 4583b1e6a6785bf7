import Cart

/// A client's name for one request, so that it may send the request again without its being applied again
/// (IETF draft-ietf-httpapi-idempotency-key-header).
package struct IdempotencyKey: Hashable, Sendable {
    /// The longest key, in characters.
    package static let maximumLength = 255
    /// The shortest key that a cart's id may be made from, in characters: a UUID has 32 or more, 128 bits in
    /// base 64 have 22.
    package static let minimumLengthForID = 20

    /// The form of a key, for a client whose key has another.
    package static let expectation = "1 to \(maximumLength) printable ASCII characters"

    /// 1…255 printable ASCII characters (space to `~`); upper and lower case differ.
    package let text: String

    /// Nil where the text is not of the form of a key.
    package init?(_ text: String) {
        guard (1...Self.maximumLength).contains(text.utf8.count), text.utf8.allSatisfy(Self.isPrintable)
        else {
            return nil
        }
        self.text = text
    }

    /// The id of the cart that a request without an id creates: the same for each copy of the request.
    ///
    /// Anybody who knows the key can find the cart, so the key must be hard to guess; its length has to stand
    /// for that.
    func cartID() throws(RequestError) -> CartID {
        guard text.utf8.count >= Self.minimumLengthForID else { throw .shortIdempotencyKey }
        let digest = RequestDigest.ofCart(self)
        return CartID(
            randomHigh: UInt64(truncatingIfNeeded: digest >> 64),
            randomLow: UInt64(truncatingIfNeeded: digest)
        )
    }

    private static func isPrintable(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) }
}
