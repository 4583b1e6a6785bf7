import GRPCCore

/// Why a stream is closed on a peer.
enum StreamRefusal: Error, Equatable {
    /// It did not prove that it belongs to the cluster.
    case stranger(String)
    /// It said what no peer says.
    case malformed(String)
    /// It did not say hello in time.
    case late
    /// It does not read its answers.
    case deaf

    /// One line for a person.
    var text: String {
        switch self {
        case .stranger(let why), .malformed(let why): why
        case .late: "no hello came in time"
        case .deaf: "too many answers wait to be read"
        }
    }
}

extension StreamRefusal: RPCErrorConvertible {
    var rpcErrorCode: RPCError.Code {
        switch self {
        case .stranger: .permissionDenied
        case .malformed: .invalidArgument
        case .late: .deadlineExceeded
        case .deaf: .resourceExhausted
        }
    }

    var rpcErrorMessage: String { text }
}
