import PeerProtocol
import SwiftProtobuf

/// The peer's fault that ends a connection.
enum PeerFault: Error, Equatable {
    /// The peer did not prove that it belongs to the cluster.
    case unauthenticated(String)
    /// The peer violated the protocol.
    case malformed(String)
    /// The peer's hello did not arrive in time.
    case helloTimeout
    /// The peer does not read its responses.
    case slowReader
    /// The two sides have no version of the protocol in common.
    case version(String)
    /// The peer speaks another protocol, or only one of the two encrypts.
    case foreign(String)

    /// One line for logs, and for the peer.
    var text: String {
        switch self {
        case .unauthenticated(let reason), .malformed(let reason), .version(let reason), .foreign(let reason):
            reason
        case .helloTimeout: "no hello arrived in time"
        case .slowReader: "too many responses wait to be read"
        }
    }

    /// The message that tells the peer.
    func refusal(_ policy: LinkPolicy) -> WireFromServer {
        .with {
            $0.refused.detail = text.limited(to: policy.detailLimit)
            $0.refused.reason =
                switch self {
                case .unauthenticated: .unauthenticated
                case .malformed, .foreign: .malformed
                case .helloTimeout: .helloTimeout
                case .slowReader: .slowReader
                case .version: .version
                }
        }
    }
}
