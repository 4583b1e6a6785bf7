import PeerProtocol
import SwiftProtobuf

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The server's side of a connection's handshake. No request is accepted before the client has proved that it
/// knows the secret.
struct ServerHandshake {
    enum State: Equatable {
        /// The client sends its greeting first. Can become `challenged`.
        case waiting
        /// Our challenge was sent. Can become `trusted`.
        case challenged(offered: ClosedRange<UInt32>, version: UInt32)
        /// The client has proved that it knows the secret. Terminal.
        case trusted
    }

    private(set) var state = State.waiting
    private let secret: ClusterSecret
    private let challengeNonce: [UInt8]
    /// `host:port` that the peers of this node connect to.
    private let address: String
    private let policy: LinkPolicy

    init(secret: ClusterSecret, challenge: [UInt8], address: String, policy: LinkPolicy) {
        self.secret = secret
        challengeNonce = challenge
        self.address = address
        self.policy = policy
    }

    /// Chooses the newest version that both sides speak.
    mutating func greeted(_ greeting: WireGreeting) throws(PeerFault) -> WireChallenge {
        guard state == .waiting, greeting.oldest > 0, greeting.oldest <= greeting.newest else {
            throw .malformed("unexpected greeting")
        }
        let offered = greeting.oldest...greeting.newest
        guard offered.overlaps(policy.versions) else {
            throw .version("it speaks versions \(offered) of the link, and this node \(policy.versions)")
        }
        let version = min(offered.upperBound, policy.versions.upperBound)
        state = .challenged(offered: offered, version: version)
        return .with {
            $0.nonce = Data(challengeNonce)
            $0.version = version
        }
    }

    /// Checks the client's proof, and answers with our own.
    mutating func hello(_ hello: WireHello) throws(PeerFault) -> WireWelcome {
        guard case .challenged(let offered, let version) = state,
            hello.nonce.count == ClusterSecret.nonceLength,
            hello.address.utf8.count <= policy.identifierLimit,
            hello.from.utf8.count <= policy.identifierLimit
        else {
            throw .malformed("unexpected hello")
        }
        let transcript = ClusterSecret.Transcript(
            challenge: challengeNonce,
            nonce: [UInt8](hello.nonce),
            address: hello.address,
            from: hello.from,
            offered: offered,
            version: version
        )
        guard secret.isValid([UInt8](hello.proof), of: .client, on: transcript) else {
            throw .unauthenticated("the peer does not know the cluster's secret")
        }
        // Somebody may relay a peer's hello that was meant for another node.
        guard hello.address == address else {
            throw .unauthenticated("the hello is meant for another node, at \(hello.address)")
        }
        state = .trusted
        return .with { $0.proof = Data(secret.proof(of: .server, on: transcript)) }
    }
}
