import GRPCCore

/// The peer's fault that ends a stream.
enum LinkStreamError: Error, Equatable {
    /// The peer did not prove that it belongs to the cluster.
    case unauthenticated(String)
    /// The peer violated the protocol.
    case malformed(String)
    /// The peer's hello did not arrive in time.
    case helloTimeout
    /// The peer does not read its responses.
    case slowReader

    /// One line for logs, and for the peer.
    var text: String {
        switch self {
        case .unauthenticated(let reason), .malformed(let reason): reason
        case .helloTimeout: "no hello arrived in time"
        case .slowReader: "too many responses wait to be read"
        }
    }
}

extension LinkStreamError: RPCErrorConvertible {
    var rpcErrorCode: RPCError.Code {
        switch self {
        case .unauthenticated: .permissionDenied
        case .malformed: .invalidArgument
        case .helloTimeout: .deadlineExceeded
        case .slowReader: .resourceExhausted
        }
    }

    var rpcErrorMessage: String { text }
}
