import PeerProtocol
import SwiftProtobuf

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The server's side of a stream's handshake. No request is accepted before the client has proved that it
/// knows the secret.
struct ServerHandshake {
    enum State: Equatable {
        /// Our challenge was sent. Can become `trusted`.
        case waiting
        /// The client has proved that it knows the secret. Terminal.
        case trusted
    }

    private(set) var state = State.waiting
    private let secret: ClusterSecret
    private let challengeNonce: [UInt8]
    /// `host:port` that the peers of this node connect to.
    private let address: String

    init(secret: ClusterSecret, challenge: [UInt8], address: String) {
        self.secret = secret
        challengeNonce = challenge
        self.address = address
    }

    /// The first message of the stream, which the client's proof must cover.
    var challenge: WireChallenge {
        .with { $0.nonce = Data(challengeNonce) }
    }

    /// Checks the client's proof, and answers with our own.
    mutating func hello(_ hello: WireHello, policy: LinkPolicy) throws(LinkStreamError) -> WireWelcome {
        guard state == .waiting, hello.nonce.count == ClusterSecret.nonceLength,
            hello.address.utf8.count <= policy.identifierLimit
        else {
            throw .malformed("unexpected hello")
        }
        let transcript = ClusterSecret.Transcript(
            challenge: challengeNonce,
            nonce: [UInt8](hello.nonce),
            address: hello.address
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
