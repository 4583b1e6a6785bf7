import Crypto

/// A bearer token (RFC 6750: `Authorization: Bearer …`) of callers that may do more than others: set prices, or
/// use the operations port. Only its hash is kept.
package struct TrustedToken: Sendable {
    private let hash: SHA256Digest

    /// The token that such callers were given; at least 16 bytes.
    package init(_ token: String) {
        hash = SHA256.hash(data: Array(token.utf8))
    }

    /// True if the field presents the token. The comparison takes constant time: hashes are compared, and to
    /// the end.
    package func isShown(in field: String?) -> Bool {
        guard let field, let space = field.utf8.firstIndex(of: UInt8(ascii: " ")),
            field[..<space].lowercased() == "bearer"
        else {
            return false
        }
        let token = field.utf8[space...].drop { $0 == UInt8(ascii: " ") }
        return SHA256.hash(data: Array(token)) == hash
    }
}
