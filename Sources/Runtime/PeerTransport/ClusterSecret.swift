import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The secret that all nodes of a cluster share. Each side of a connection proves that it knows the secret,
/// without sending it.
struct ClusterSecret: Sendable {
    /// The side that proves. The labels keep one side's proof from being replayed as the other's.
    enum Role: String {
        // The peers, of other builds too, expect these very labels.
        case client = "cartnode.link.v2 client"
        case server = "cartnode.link.v2 server"
    }

    /// The context that a proof is bound to. A proof is worthless on another
    /// connection, at another address, and for another version of the protocol.
    struct Transcript: Equatable, Sendable {
        let challenge: [UInt8]
        let nonce: [UInt8]
        /// `host:port` as the client dialled it.
        let address: String
        /// `host:port` at which the client's node is reached.
        let from: String
        /// The versions that the client speaks.
        let offered: ClosedRange<UInt32>
        /// The version that both sides use.
        let version: UInt32
    }

    /// The length of a nonce, bytes.
    static let nonceLength = 32

    private let key: SymmetricKey

    /// - Throws: `emptySecret`.
    init(_ secret: String) throws(LinkConfigurationError) {
        guard !secret.isEmpty else { throw .emptySecret }
        key = SymmetricKey(data: Array(secret.utf8))
    }

    func proof(of role: Role, on transcript: Transcript) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Self.text(of: role, on: transcript), using: key))
    }

    /// Checks a proof in constant time.
    func isValid(_ proof: [UInt8], of role: Role, on transcript: Transcript) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            proof,
            authenticating: Self.text(of: role, on: transcript),
            using: key
        )
    }

    /// A new nonce. Always from the system's generator, because the proofs rely on its randomness.
    static func freshNonce() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<nonceLength).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Label and fields, each preceded by its length, so that no two transcripts have the same text.
    private static func text(of role: Role, on transcript: Transcript) -> [UInt8] {
        let offered = transcript.offered
        let versions = "\(offered.lowerBound) \(offered.upperBound) \(transcript.version)"
        var text: [UInt8] = []
        for field in [
            Array(role.rawValue.utf8), transcript.challenge, transcript.nonce, Array(transcript.address.utf8),
            Array(transcript.from.utf8), Array(versions.utf8),
        ] {
            let length = UInt64(field.count)
            text.append(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
            text.append(contentsOf: field)
        }
        return text
    }
}
