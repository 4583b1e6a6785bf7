/// The reason why a connection ended.
enum DisconnectReason: Equatable, Sendable {
    /// The server did not answer in time.
    case silence
    /// The server or the network closed the connection.
    case lost(String)
    /// The server violated the protocol.
    case violation(String)
    /// The client was shut down.
    case shutDown

    /// The reason in words, for logs and errors. Equal causes have equal texts, so that a change shows.
    var reason: String {
        switch self {
        case .silence: "the server did not answer in time"
        case .lost(let reason): reason
        case .violation(let what): "protocol violation: \(what)"
        case .shutDown: "the client was shut down"
        }
    }

    /// The error of a command that was not sent.
    var refusal: RedisError {
        switch self {
        case .silence, .lost, .violation: .notConnected(reason: reason)
        case .shutDown: .shutDown
        }
    }

    /// The error of a command that was sent and not answered.
    var loss: RedisError {
        switch self {
        case .silence, .lost, .shutDown: .connectionLost(reason: reason)
        case .violation(let what): .protocolViolation(what)
        }
    }
}
