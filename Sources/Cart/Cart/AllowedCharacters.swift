/// The ASCII alphabet of a field.
enum AllowedCharacters {
    /// `A-Z a-z 0-9 _ . ~ -`
    case cartID
    /// `A-Z a-z 0-9 _ . -`
    case attributeKey

    /// True if the alphabet has this character.
    func contains(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        case UInt8(ascii: "~"):
            self == .cartID
        default:
            false
        }
    }

    /// Checks that text has 1…`maximum` characters, all of the alphabet.
    ///
    /// - Throws: `invalid(field, _)`: `forbiddenCharacter` before `empty` and `tooLong`.
    func check(_ text: String, _ field: CartRejection.Field, maximum: Int) throws(CartRejection) {
        var length = 0
        for byte in text.utf8 {
            guard contains(byte) else { throw .invalid(field, .forbiddenCharacter(offset: length)) }
            length += 1
        }
        guard length > 0 else { throw .invalid(field, .empty) }
        guard length <= maximum else { throw .invalid(field, .tooLong(maximum: maximum, actual: length)) }
    }
}

/// Text for people: any Unicode text without control characters.
enum ReadableText {
    /// Checks that text has at most `maximum` UTF-8 bytes and no control character (Unicode's Cc: U+0000…1F
    /// and U+007F…9F).
    ///
    /// - Parameter allowsLineFeeds: true where the text may have line feeds.
    ///
    /// - Throws: `invalid(field, _)`: `tooLong` before `forbiddenCharacter`.
    static func check(
        _ text: String,
        _ field: CartRejection.Field,
        maximum: Int,
        allowsLineFeeds: Bool = false
    ) throws(CartRejection) {
        let length = text.utf8.count
        guard length <= maximum else { throw .invalid(field, .tooLong(maximum: maximum, actual: length)) }
        var offset = 0
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A where allowsLineFeeds: offset += 1
            case 0...0x1F, 0x7F...0x9F: throw .invalid(field, .forbiddenCharacter(offset: offset))
            default: offset += UTF8.width(scalar)
            }
        }
    }
}

/// An e-mail address, as far as its form shows.
enum EmailAddress {
    /// Checks that text has at most 254 bytes, no control character, no white space, and an `@` between other
    /// characters.
    ///
    /// - Throws: `invalid(.email, _)`.
    static func check(_ text: String) throws(CartRejection) {
        guard !text.isEmpty else { throw .invalid(.email, .empty) }
        try ReadableText.check(text, .email, maximum: CartLimits.emailBytes)
        var offset = 0
        for scalar in text.unicodeScalars {
            guard !scalar.properties.isWhitespace else {
                throw .invalid(.email, .forbiddenCharacter(offset: offset))
            }
            offset += UTF8.width(scalar)
        }
        // By bytes: with a combining mark behind it, `@` is part of another `Character`.
        let bytes = text.utf8
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")), at > bytes.startIndex,
            bytes.index(after: at) < bytes.endIndex
        else {
            throw .invalid(.email, .malformed)
        }
    }
}
