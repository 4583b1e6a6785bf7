import PeerProtocol
import SwiftProtobuf

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The hello of one stream as the client sees it: no ask leaves before the server proved itself.
struct ClientHandshake {
    enum State: Equatable {
        /// The server speaks first. Can become `proving`.
        case waiting
        /// Our proof is out. Can become `trusted`.
        case proving(ClusterSecret.Transcript)
        /// The server knows the secret. Terminal.
        case trusted
    }

    private(set) var state = State.waiting
    private let secret: ClusterSecret
    private let address: String

    init(secret: ClusterSecret, address: String) {
        self.secret = secret
        self.address = address
    }

    /// The answer to the server's challenge.
    mutating func challenged(_ challenge: WireChallenge, nonce: [UInt8]) throws(LinkStreamError) -> WireHello
    {
        guard state == .waiting, challenge.nonce.count == ClusterSecret.nonceLength else {
            throw .malformed("a challenge out of place")
        }
        let transcript = ClusterSecret.Transcript(
            challenge: [UInt8](challenge.nonce),
            nonce: nonce,
            address: address
        )
        state = .proving(transcript)
        return .with {
            $0.nonce = Data(nonce)
            $0.address = address
            $0.proof = Data(secret.proof(of: .client, on: transcript))
        }
    }

    mutating func welcomed(_ welcome: WireWelcome) throws(LinkStreamError) {
        guard case .proving(let transcript) = state else { throw .malformed("a welcome out of place") }
        guard secret.isValid([UInt8](welcome.proof), of: .server, on: transcript) else {
            throw .unauthenticated("the peer does not know the cluster's secret")
        }
        state = .trusted
    }
}
