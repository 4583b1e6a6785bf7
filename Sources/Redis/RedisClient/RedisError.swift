/// The reason why a command has no usable reply.
package enum RedisError: Error, Sendable, Equatable {
    /// There is no connection. Nothing was sent.
    case notConnected(reason: String)
    /// Too many commands, or too many bytes, are waiting already. Nothing was sent.
    case overloaded
    /// The reply did not arrive in time. `sent`: bytes of the command may have reached the server.
    case timedOut(sent: Bool)
    /// The connection ended after the command was sent and before its reply came.
    case connectionLost(reason: String)
    /// The caller's task was cancelled. `sent`: bytes of the command may have reached, or may still reach,
    /// the server.
    case cancelled(sent: Bool)
    /// The server replied with an error.
    case server(RedisServerError)
    /// The server does not have the script, and loading it failed with this error. The script did not run.
    indirect case scriptNotLoaded(RedisError)
    /// The reply is larger than the limit. It was dropped, and the connection goes on.
    case replyTooLarge(byteLimit: Int)
    /// The server's reply violates the protocol, or is no reply to this command.
    case protocolViolation(String)
    /// The client was shut down. Nothing was sent.
    case shutDown
}

extension RedisError {
    /// True if the command may have had an effect.
    ///
    /// False only if no byte of the command can have reached the server, if the server replied with an error
    /// that Redis gives before it runs anything (`RedisServerError.leavesEverythingUnchanged`), or if it does
    /// not have the script.
    package var mayHaveBeenExecuted: Bool {
        switch self {
        case .timedOut(let sent), .cancelled(let sent): sent
        case .connectionLost, .replyTooLarge, .protocolViolation: true
        case .server(let error): !error.leavesEverythingUnchanged
        case .notConnected, .overloaded, .scriptNotLoaded, .shutDown: false
        }
    }

    /// The error reply, to the command itself or to the loading of its script; nil if there was no such reply.
    package var serverError: RedisServerError? {
        switch self {
        case .server(let error): error
        case .scriptNotLoaded(let cause): cause.serverError
        case .notConnected, .overloaded, .timedOut, .connectionLost, .cancelled, .replyTooLarge,
            .protocolViolation, .shutDown:
            nil
        }
    }
}

extension RedisError {
    /// The error in words that name no server, for people who must not know where one is. `description` and
    /// the client's log say more.
    package var publicDescription: String {
        switch self {
        case .notConnected: "Redis is not connected"
        case .connectionLost: "the connection to Redis was lost"
        // Their messages are addresses.
        case .server(let error) where ["MOVED", "ASK"].contains(error.code): "Redis answered \(error.code)"
        case .scriptNotLoaded(let cause): Self.notLoaded(cause.publicDescription)
        case .overloaded, .timedOut, .cancelled, .server, .replyTooLarge, .protocolViolation, .shutDown:
            description
        }
    }

    private static func notLoaded(_ cause: String) -> String { "the script was not loaded: \(cause)" }
}

extension RedisError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notConnected(let reason): "not connected: \(reason)"
        case .overloaded: "too many commands wait for Redis"
        case .timedOut(let sent): sent ? "no reply in time" : "not sent in time"
        case .connectionLost(let reason): "connection lost: \(reason)"
        case .cancelled(let sent): sent ? "cancelled after it was sent" : "cancelled before it was sent"
        case .server(let error): error.description
        case .scriptNotLoaded(let cause): Self.notLoaded(cause.description)
        case .replyTooLarge(let limit): "the reply is larger than \(limit) bytes"
        case .protocolViolation(let what): "protocol violation: \(what)"
        case .shutDown: "the client was shut down"
        }
    }
}
