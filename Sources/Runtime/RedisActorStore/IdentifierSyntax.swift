internal import Ownership

/// The syntax of identifiers in Redis. The scripts check the same rule with a Lua pattern.
enum IdentifierSyntax {
    /// The longest identifier, bytes.
    static let lengthLimit = 64

    /// True for one or more ASCII letters, digits, `-`, `_` and `.`, within the limit.
    static func isPlain(_ bytes: some Collection<UInt8>, upTo limit: Int = lengthLimit) -> Bool {
        !bytes.isEmpty && bytes.count <= limit && bytes.allSatisfy(isPlain)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default:
            false
        }
    }
}
