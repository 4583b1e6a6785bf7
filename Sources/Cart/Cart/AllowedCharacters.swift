/// Which ASCII characters a field may consist of.
enum AllowedCharacters {
    /// `A-Z a-z 0-9 _ . ~ -`
    case cartID
    /// `A-Z a-z 0-9 - _ . : / +`
    case sku
    /// `A-Z a-z 0-9 _ . -`
    case attributeKey

    /// Whether the field may have this character.
    func contains(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        case UInt8(ascii: "~"):
            self == .cartID
        case UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "+"):
            self == .sku
        default:
            false
        }
    }

    /// Refuses text that is empty, has another character (reported first), or has more than `maximum`.
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

/// What is meant for people to read: any Unicode text without control characters.
enum ReadableText {
    /// Refuses text of more than `maximum` UTF-8 bytes (reported first) or with a control character (Unicode's Cc:
    /// U+0000…1F and U+007F…9F).
    ///
    /// - Parameter inLines: whether line feeds are admitted all the same.
    static func check(
        _ text: String,
        _ field: CartRejection.Field,
        maximum: Int,
        inLines: Bool = false
    ) throws(CartRejection) {
        let length = text.utf8.count
        guard length <= maximum else { throw .invalid(field, .tooLong(maximum: maximum, actual: length)) }
        var offset = 0
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A where inLines: offset += 1
            case 0...0x1F, 0x7F...0x9F: throw .invalid(field, .forbiddenCharacter(offset: offset))
            default: offset += UTF8.width(scalar)
            }
        }
    }
}

/// Where mail can be sent, as far as one can tell by looking.
enum EmailAddress {
    /// Refuses what has more than 254 bytes, a control character or a space, or not an `@` between others.
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
