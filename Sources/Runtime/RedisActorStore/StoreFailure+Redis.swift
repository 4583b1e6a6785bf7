internal import ActorRuntime
internal import RedisClient

extension StoreFailure {
    /// Classifies an error of Redis by its meaning for the operation.
    ///
    /// An error that a running script raised leaves the effect unknown, because Redis does not roll back.
    /// Every other error reply is definite, also an unknown one: it occurs before a command or script begins.
    ///
    /// Its text reaches clients of the node: it names no server.
    ///
    /// - Parameter subject: the operation and its actor or key, for messages.
    init(_ error: RedisError, about subject: String) {
        let text = "\(subject): \(error.publicDescription)"
        switch error {
        case .server(let server) where server.wasRaisedByScript: self = .unanswered(text)
        case .server(let server) where server.code == "WRONGTYPE": self = .unreadable(text)
        case .server(let server) where Self.transientCodes.contains(server.code): self = .unsent(text)
        case .server: self = .refused(text)
        // Only what is stored of one actor can be that large, and it stays so.
        case .replyTooLarge: self = .unreadable(text)
        case .notConnected, .overloaded, .timedOut, .connectionLost, .cancelled, .protocolViolation,
            .shutDown:
            self = error.mayHaveBeenExecuted ? .unanswered(text) : .unsent(text)
        }
    }

    /// The errors of a server that is loading, is busy with a script, is changing its role or its user's
    /// password, or lacks a replica or a place on the disk for a while.
    private static let transientCodes: Set = [
        "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOSCRIPT", "READONLY", "NOREPLICAS",
        "UNBLOCKED", "MISCONF", "NOAUTH",
    ]
}
