import GRPCCore

/// Why a stream is closed on a peer.
enum LinkStreamError: Error, Equatable {
    /// It did not prove that it belongs to the cluster.
    case unauthenticated(String)
    /// It said what no peer says.
    case malformed(String)
    /// It did not say hello in time.
    case helloTimeout
    /// It does not read its answers.
    case slowReader

    /// One line for a person.
    var text: String {
        switch self {
        case .unauthenticated(let why), .malformed(let why): why
        case .helloTimeout: "no hello came in time"
        case .slowReader: "too many answers wait to be read"
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
