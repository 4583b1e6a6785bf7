internal import ActorRuntime
internal import RedisClient

extension StoreFailure {
    /// Classifies an error of Redis by its meaning for the operation.
    ///
    /// An error of a write is definite only where Redis gives it before it runs anything
    /// (`RedisServerError.leavesEverythingUnchanged`). Any other leaves the effect unknown: Redis does not roll
    /// back what a script did before it failed, and a proxy may have passed the command on. A read has no
    /// effect, and every error of the server is a refusal of it. A script that could not be loaded did not run.
    ///
    /// Its text reaches clients of the node: it names no server.
    ///
    /// - Parameters:
    ///   - subject: the operation and its actor or key, for messages.
    ///   - isRead: true for an operation that changes nothing.
    init(_ error: RedisError, about subject: String, isRead: Bool = false) {
        let text = "\(subject): \(error.publicDescription)"
        switch error {
        case .server(let server) where server.wasRaisedByScript: self = .unanswered(text)
        case .server where !isRead && error.mayHaveBeenExecuted: self = .unanswered(text)
        case .server(let server) where server.code == "WRONGTYPE": self = .unreadable(text)
        case .server(let server) where Self.transientCodes.contains(server.code): self = .unsent(text)
        case .server: self = .refused(text)
        case .scriptNotLoaded(let cause):
            let passes = cause.serverError.map { Self.transientCodes.contains($0.code) } ?? true
            self = passes ? .unsent(text) : .refused(text)
        // Only what is stored of one actor can be that large, and it stays so.
        case .replyTooLarge: self = .unreadable(text)
        case .notConnected, .overloaded, .timedOut, .connectionLost, .cancelled, .protocolViolation,
            .shutDown:
            self = error.mayHaveBeenExecuted ? .unanswered(text) : .unsent(text)
        }
    }

    /// The errors of a server that is loading, is busy with a script, is changing its role, its slots or its user's
    /// password, or lacks a replica or a place on the disk for a while.
    private static let transientCodes: Set = [
        "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOSCRIPT", "READONLY", "NOREPLICAS",
        "UNBLOCKED", "MISCONF", "NOAUTH", "MOVED", "ASK",
    ]
}
