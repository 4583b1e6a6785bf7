import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the nodes of a cluster know and others do not; each side of a stream proves that it does.
struct ClusterSecret: Sendable {
    /// Who proves it. The labels keep one side's proof from being played back as the other's.
    enum Role: String {
        case client = "cartnode.link.v1 client"
        case server = "cartnode.link.v1 server"
    }

    /// What a proof is bound to: nobody can use it on another stream or towards another address.
    struct Transcript: Equatable, Sendable {
        let challenge: [UInt8]
        let nonce: [UInt8]
        /// `host:port` as the client dialled it.
        let address: String
    }

    /// How many bytes a nonce has.
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

    /// Whether a proof holds; takes equally long for every wrong one.
    func isValid(_ proof: [UInt8], of role: Role, on transcript: Transcript) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            proof,
            authenticating: Self.text(of: role, on: transcript),
            using: key
        )
    }

    /// 32 bytes that were never seen before. From the system's generator always, because the proofs rest on it.
    static func freshNonce() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<nonceLength).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Label and fields, each behind its length: no two transcripts have the same text.
    private static func text(of role: Role, on transcript: Transcript) -> [UInt8] {
        var text: [UInt8] = []
        for field in [
            Array(role.rawValue.utf8), transcript.challenge, transcript.nonce, Array(transcript.address.utf8),
        ] {
            let length = UInt64(field.count)
            text.append(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
            text.append(contentsOf: field)
        }
        return text
    }
}
