import PeerProtocol
import SwiftProtobuf

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The client's side of a stream's handshake. No request is sent before the server has proved that it knows
/// the secret.
struct ClientHandshake {
    enum State: Equatable {
        /// The server sends its challenge first. Can become `proving`.
        case waiting
        /// Our proof was sent. Can become `trusted`.
        case proving(ClusterSecret.Transcript)
        /// The server has proved that it knows the secret. Terminal.
        case trusted
    }

    private(set) var state = State.waiting
    private let secret: ClusterSecret
    private let address: String

    init(secret: ClusterSecret, address: String) {
        self.secret = secret
        self.address = address
    }

    /// Answers the server's challenge with our proof.
    mutating func challenged(
        _ challenge: WireChallenge,
        nonce: [UInt8]
    ) throws(LinkStreamError) -> WireHello {
        guard state == .waiting, challenge.nonce.count == ClusterSecret.nonceLength else {
            throw .malformed("unexpected challenge")
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

    /// Checks the server's proof.
    mutating func welcomed(_ welcome: WireWelcome) throws(LinkStreamError) {
        guard case .proving(let transcript) = state else { throw .malformed("unexpected welcome") }
        guard secret.isValid([UInt8](welcome.proof), of: .server, on: transcript) else {
            throw .unauthenticated("the peer does not know the cluster's secret")
        }
        state = .trusted
    }
}
