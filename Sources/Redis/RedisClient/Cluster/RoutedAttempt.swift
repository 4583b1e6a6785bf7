internal import Timing

/// The attempts to make one call in a Redis Cluster, after the first one was not executed. Pure.
///
/// Whatever servers answer, the call ends: after five redirections, or when the next attempt would come after the
/// deadline. An error that does not prove that nothing was executed ends it at once.
struct RoutedAttempt: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What is done next.
    enum Verdict: Equatable, Sendable {
        /// The call is over with this error.
        case over(RedisError)
        /// The slot belongs to the server at this address, which is asked after the pause.
        case moved(ServerAddress, after: Duration)
        /// The server at this address is asked once, after the pause, with `ASKING`. The slot stays where it is.
        case ask(ServerAddress, after: Duration)
        /// The server to which the slot belongs by then is asked after the pause.
        case again(after: Duration)
        /// The same, and the connection to the server that was asked is replaced by one to the address that its name
        /// has by then.
        case reconnect(after: Duration)
    }

    /// The most redirections that a call follows.
    static let redirectionLimit = 5
    /// The redirections before the first one that is followed after a pause.
    private static let promptRedirections = 2

    /// The instant at which the call ends at the latest.
    let deadline: Instant
    private var redirections = 0
    private var pauses = 0
    private var hasReconnected = false

    init(deadline: Instant) {
        self.deadline = deadline
    }

    /// An attempt has failed.
    ///
    /// - Parameters:
    ///   - asked: the address of the server that was asked.
    ///   - draw: a random number, drawn evenly from 0…1.
    mutating func take(
        _ error: RedisError,
        asked: ServerAddress,
        now: Instant,
        draw: Double
    ) -> Verdict {
        switch error {
        case .server(let reply):
            if let redirection = ClusterRedirection(reply) {
                return follow(redirection, error, asked: asked, now: now, draw: draw)
            }
            guard reply.leavesEverythingUnchanged, Self.passingCodes.contains(reply.code) else {
                return .over(error)
            }
            return pause(error, now: now, draw: draw) { .again(after: $0) }
        case .notConnected:
            // Whoever asks a server without a connection is told at once. Here a server said that this one is to be
            // asked, and the connection may be about to come.
            guard redirections + pauses > 0 else { return .over(error) }
            return pause(error, now: now, draw: draw) { .again(after: $0) }
        case .overloaded, .timedOut, .connectionLost, .cancelled, .scriptNotLoaded, .replyTooLarge,
            .protocolViolation, .shutDown:
            return .over(error)
        }
    }

    /// True for an error after which a call has more attempts, if it is the first one's.
    static func goesOn(after error: RedisError) -> Bool {
        guard case .server(let reply) = error else { return false }
        return ClusterRedirection.Kind(rawValue: reply.code) != nil || passingCodes.contains(reply.code)
    }

    private mutating func follow(
        _ redirection: ClusterRedirection,
        _ error: RedisError,
        asked: ServerAddress,
        now: Instant,
        draw: Double
    ) -> Verdict {
        redirections += 1
        guard redirections <= Self.redirectionLimit else { return .over(error) }
        guard let address = redirection.address.resolved(asking: asked.host) else {
            // The server cannot name the host; the others' words may.
            return pause(error, now: now, draw: draw) { .again(after: $0) }
        }
        switch redirection.kind {
        case .moved where address == asked:
            guard !hasReconnected else { return .over(error) }
            hasReconnected = true
            return pause(error, now: now, draw: draw) { .reconnect(after: $0) }
        case .moved:
            return pauseIfMany(error, now: now, draw: draw) { .moved(address, after: $0) }
        case .ask:
            return pauseIfMany(error, now: now, draw: draw) { .ask(address, after: $0) }
        }
    }

    private mutating func pauseIfMany(
        _ error: RedisError,
        now: Instant,
        draw: Double,
        _ verdict: (Duration) -> Verdict
    ) -> Verdict {
        guard redirections > Self.promptRedirections else { return verdict(.zero) }
        return pause(error, now: now, draw: draw, verdict)
    }

    private mutating func pause(
        _ error: RedisError,
        now: Instant,
        draw: Double,
        _ verdict: (Duration) -> Verdict
    ) -> Verdict {
        pauses += 1
        let pause = Self.backoff.pause(afterFailures: pauses, draw: draw)
        return now + pause < deadline ? verdict(pause) : .over(error)
    }

    private static let backoff = Backoff(floor: .milliseconds(50), ceiling: .seconds(1))

    /// The errors of a server that cannot serve the slot for a while, and has executed nothing: it knows of no
    /// majority, loads its data, is busy with a script, lacks a replica, or has become a replica.
    private static let passingCodes: Set = [
        "TRYAGAIN", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "BUSY", "NOREPLICAS", "READONLY",
    ]
}
