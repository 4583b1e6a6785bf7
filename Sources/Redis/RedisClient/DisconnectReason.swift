/// Why a connection is over.
enum DisconnectReason: Equatable, Sendable {
    /// The server did not answer in time.
    case silence
    /// The server, or the network, closed it.
    case lost(String)
    /// The server answered something that cannot be.
    case violation(String)
    /// We closed it, for good.
    case shutDown

    /// In words, for logs and errors. The same cause reads the same, so that a change can be told.
    var reason: String {
        switch self {
        case .silence: "the server did not answer in time"
        case .lost(let reason): reason
        case .violation(let what): "protocol violation: \(what)"
        case .shutDown: "the client was shut down"
        }
    }

    /// What is true of a command of which nothing was sent.
    var refusal: RedisError {
        switch self {
        case .silence, .lost, .violation: .notConnected(reason: reason)
        case .shutDown: .shutDown
        }
    }

    /// What is true of a command that was sent and not answered.
    var loss: RedisError {
        switch self {
        case .silence, .lost, .shutDown: .connectionLost(reason: reason)
        case .violation(let what): .protocolViolation(what)
        }
    }
}
