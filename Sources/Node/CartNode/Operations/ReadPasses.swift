import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Makes the passes by which the nodes, the console and the page read the operations ports whose addresses they
/// have from the membership (docs/decisions/0101).
///
/// Whoever can write to Redis can put an address of their own there. Its pass is good for no other port, permits
/// no action, and does not tell the operations token.
struct ReadPasses: Sendable {
    private let key: SymmetricKey

    /// - Parameter token: that of operators. Nil comes of an empty one, as the ports ask for none then.
    init?(token: String) {
        guard !token.isEmpty else { return nil }
        key = SymmetricKey(data: Array(token.utf8))
    }

    /// The pass for the port that a node advertises as `address`: HMAC-SHA256 (RFC 2104) of a purpose and the
    /// address, keyed with the token.
    func pass(at address: String) -> String {
        let message = Array("cart-node: read the operations port at \(address)".utf8)
        return Data(HMAC<SHA256>.authenticationCode(for: message, using: key)).base64EncodedString()
    }

    /// The same as the value of an `Authorization` field.
    func authorization(at address: String) -> String { "Bearer \(pass(at: address))" }
}
