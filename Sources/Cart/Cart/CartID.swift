/// The id of one cart, chosen by its client or drawn at random.
///
/// It becomes part of a Redis key (inside a hash tag) and of a URL path, hence its alphabet: no braces,
/// colons, slashes or percent signs, and not `.` or `..`, which URL parsers resolve as path steps.
package struct CartID: Hashable, Sendable {
    /// The longest id, in characters.
    package static let maximumLength = 128

    /// 1…128 characters of `A-Z a-z 0-9 _ . ~ -`; case matters. Begins with `~` only in another protocol's
    /// name space.
    package let text: String

    /// The cart that a client names.
    ///
    /// - Throws: `invalid(.cartID, _)`: `empty`, `forbiddenCharacter` (also for `~` in front), `tooLong`, or
    ///   `malformed` for `.` and `..`.
    package init(_ text: String) throws(CartRejection) {
        try self.init(carried: text)
        guard text.utf8.first != UInt8(ascii: "~") else {
            throw .invalid(.cartID, .forbiddenCharacter(offset: 0))
        }
    }

    /// A cart of any name space, as another node or stored state names it.
    ///
    /// - Throws: `invalid(.cartID, _)`, as for a client, but for `~` in front.
    package init(carried text: String) throws(CartRejection) {
        try AllowedCharacters.cartID.check(text, .cartID, maximum: CartID.maximumLength)
        guard text != ".", text != ".." else { throw .invalid(.cartID, .malformed) }
        self.text = text
    }

    /// The cart of this name in another protocol's name space, `~space~name`, which no client can name by
    /// `init(_:)`.
    ///
    /// - Parameters:
    ///   - space: a plain word without `~`.
    ///   - name: in the alphabet of ids.
    /// - Throws: `invalid(.cartID, _)`: `empty` for an empty name, `forbiddenCharacter` or `tooLong` of the
    ///   whole id.
    package init(space: String, name: String) throws(CartRejection) {
        guard !name.isEmpty else { throw .invalid(.cartID, .empty) }
        let text = "~\(space)~\(name)"
        try AllowedCharacters.cartID.check(text, .cartID, maximum: CartID.maximumLength)
        self.text = text
    }

    /// A new cart's id: 128 random bits as 26 characters of Crockford's base 32 in lower case, most
    /// significant first.
    ///
    /// 130 bits of room: the first character is always one of `0…7`.
    package init(randomHigh high: UInt64, randomLow low: UInt64) {
        let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        var high = high
        var low = low
        var reversed: [UInt8] = []
        reversed.reserveCapacity(26)
        for _ in 0..<26 {
            reversed.append(digits[Int(low & 31)])
            low = low >> 5 | high << 59
            high >>= 5
        }
        text = String(decoding: reversed.reversed(), as: UTF8.self)
    }
}

extension CartID: CustomStringConvertible {
    /// The id as it is written.
    package var description: String { text }
}
