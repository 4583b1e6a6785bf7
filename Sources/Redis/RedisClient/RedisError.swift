/// Why a command has no reply.
package enum RedisError: Error, Sendable, Equatable {
    /// There is no connection to send it on. Nothing was sent.
    case notConnected(reason: String)
    /// Too many commands, or too many bytes, are waiting already. Nothing was sent.
    case overloaded
    /// The reply did not come in time. `sent`: bytes of it may have reached the server.
    case timedOut(sent: Bool)
    /// The connection ended after the command was sent and before its reply came.
    case connectionLost(reason: String)
    /// The caller's task was cancelled. `sent`: bytes of it may have reached, or may still reach, the server.
    case cancelled(sent: Bool)
    /// The server answered with an error.
    case server(RedisServerError)
    /// The server, or what pretends to be it, answered something that is no reply to this command.
    case protocolViolation(String)
    /// The client was shut down. Nothing was sent.
    case shutDown
}

extension RedisError {
    /// Whether the command may have had an effect.
    ///
    /// False only when no byte of it can have reached the server, or when the server answered with a definite error. (Redis
    /// does not roll back: a script that fails after its first write is a definite error with an effect.)
    package var mayHaveBeenExecuted: Bool {
        switch self {
        case .timedOut(let sent), .cancelled(let sent): sent
        case .connectionLost, .protocolViolation: true
        case .notConnected, .overloaded, .server, .shutDown: false
        }
    }
}

extension RedisError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notConnected(let reason): "not connected: \(reason)"
        case .overloaded: "too much is waiting for Redis"
        case .timedOut(let sent): sent ? "no reply in time" : "not sent in time"
        case .connectionLost(let reason): "connection lost: \(reason)"
        case .cancelled(let sent): sent ? "cancelled after it was sent" : "cancelled before it was sent"
        case .server(let error): error.description
        case .protocolViolation(let what): "protocol violation: \(what)"
        case .shutDown: "the client was shut down"
        }
    }
}
