import PeerProtocol
import SwiftProtobuf

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The hello of one stream as the server sees it: no ask is heard before the client proved itself.
struct ServerHandshake {
    enum State: Equatable {
        /// Our challenge is out. Can become `trusted`.
        case waiting
        /// The client knows the secret. Terminal.
        case trusted
    }

    private(set) var state = State.waiting
    private let secret: ClusterSecret
    private let challengeNonce: [UInt8]

    init(secret: ClusterSecret, challenge: [UInt8]) {
        self.secret = secret
        challengeNonce = challenge
    }

    /// The first message of the stream.
    var challenge: WireChallenge {
        .with { $0.nonce = Data(challengeNonce) }
    }

    /// The answer to a hello that holds.
    mutating func hello(_ hello: WireHello, policy: LinkPolicy) throws(LinkStreamError) -> WireWelcome {
        guard state == .waiting, hello.nonce.count == ClusterSecret.nonceLength,
            hello.address.utf8.count <= policy.identifierLimit
        else {
            throw .malformed("a hello out of place")
        }
        let transcript = ClusterSecret.Transcript(
            challenge: challengeNonce,
            nonce: [UInt8](hello.nonce),
            address: hello.address
        )
        guard secret.isValid([UInt8](hello.proof), of: .client, on: transcript) else {
            throw .unauthenticated("the peer does not know the cluster's secret")
        }
        state = .trusted
        return .with { $0.proof = Data(secret.proof(of: .server, on: transcript)) }
    }
}
