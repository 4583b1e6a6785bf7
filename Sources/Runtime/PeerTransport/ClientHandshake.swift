import PeerProtocol
import SwiftProtobuf

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The client's side of a connection's handshake. No request is sent before the server has proved that it knows
/// the secret.
struct ClientHandshake {
    enum State: Equatable {
        /// The server answers our greeting with its challenge. Can become `proving`.
        case waiting
        /// Our proof was sent. Can become `trusted`.
        case proving(ClusterSecret.Transcript)
        /// The server has proved that it knows the secret. Terminal.
        case trusted
    }

    private(set) var state = State.waiting
    private let secret: ClusterSecret
    private let address: String
    private let from: String
    private let versions: ClosedRange<UInt32>

    /// - Parameters:
    ///   - address: `host:port` that is dialled.
    ///   - from: `host:port` at which this node is reached.
    ///   - versions: the versions that this node speaks.
    init(secret: ClusterSecret, address: String, from: String, versions: ClosedRange<UInt32>) {
        self.secret = secret
        self.address = address
        self.from = from
        self.versions = versions
    }

    /// The first message of the connection.
    var greeting: WireGreeting {
        .with {
            $0.oldest = versions.lowerBound
            $0.newest = versions.upperBound
        }
    }

    /// Answers the server's challenge with our proof.
    mutating func challenged(
        _ challenge: WireChallenge,
        nonce: [UInt8]
    ) throws(PeerFault) -> WireHello {
        guard state == .waiting, challenge.nonce.count == ClusterSecret.nonceLength else {
            throw .malformed("unexpected challenge")
        }
        guard versions.contains(challenge.version) else {
            throw .version("it chose version \(challenge.version) of the link, this node speaks \(versions)")
        }
        let transcript = ClusterSecret.Transcript(
            challenge: [UInt8](challenge.nonce),
            nonce: nonce,
            address: address,
            from: from,
            offered: versions,
            version: challenge.version
        )
        state = .proving(transcript)
        return .with {
            $0.nonce = Data(nonce)
            $0.address = address
            $0.from = from
            $0.proof = Data(secret.proof(of: .client, on: transcript))
        }
    }

    /// Checks the server's proof.
    mutating func welcomed(_ welcome: WireWelcome) throws(PeerFault) {
        guard case .proving(let transcript) = state else { throw .malformed("unexpected welcome") }
        guard secret.isValid([UInt8](welcome.proof), of: .server, on: transcript) else {
            throw .unauthenticated("the peer does not know the cluster's secret")
        }
        state = .trusted
    }
}
