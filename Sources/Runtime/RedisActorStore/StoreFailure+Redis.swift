internal import ActorRuntime
internal import RedisClient

extension StoreFailure {
    /// What an error of Redis means for the call.
    ///
    /// An error that the server answered is definite, also one that we do not know: our scripts check everything before
    /// their first write and what comes after cannot fail, and all other errors come before a script begins.
    ///
    /// - Parameter subject: what the call was about, for a person.
    init(_ error: RedisError, about subject: String) {
        let text = "\(subject): \(error)"
        switch error {
        case .server(let server) where server.code == "WRONGTYPE": self = .unreadable(text)
        case .server(let server) where Self.passing.contains(server.code): self = .unsent(text)
        case .server: self = .refused(text)
        case .notConnected, .overloaded, .timedOut, .connectionLost, .cancelled, .protocolViolation,
            .shutDown:
            self = error.mayHaveBeenExecuted ? .unanswered(text) : .unsent(text)
        }
    }

    /// What a server answers that starts, is busy with somebody's script, or just changes its part.
    private static let passing: Set = [
        "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOSCRIPT",
    ]
}
