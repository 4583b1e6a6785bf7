package import ActorRuntime
package import Cart

/// The limits and promises of all faces.
package struct CartAPIPolicy: Sendable {
    /// The limits of a cart; the same as those of the host's decider.
    package var limits = CartLimits()
    /// The longest body, in bytes.
    package var bodyBytes = 64 * 1024
    /// The longest time that a request may take, from its arrival.
    package var requestDeadline: Duration = .seconds(2)
    /// The longest time that a watcher waits to hear that its watch begins, where the cart cannot be read at
    /// once.
    package var firstReadOfWatch: Duration = .milliseconds(500)
    /// The time that a cart is kept after its last change: `expiresAt` is counted by it.
    package var retention: Duration = .seconds(30 * 86_400)
    /// The token of callers that may set prices; nil: nobody may.
    package var trusted: TrustedToken?
    /// True if only these callers may add lines too, as whoever adds a line names its price.
    package var restrictsAdding = false

    /// The defaults.
    package init() {}
}

/// Clocks, ids and stores of the application.
package struct CartAPIDependencies: Sendable {
    /// The wall clock, by which commands are dated.
    package var now: @Sendable () -> Timestamp
    /// The clock that deadlines are counted by.
    package var instant: @Sendable () -> ContinuousClock.Instant
    /// Suspends the caller for a duration of the deadlines' clock; throws when its task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// Makes an id that nobody can guess.
    package var newID: @Sendable () -> CartID
    /// True while the node is shutting down, so that clients should connect elsewhere.
    package var isDraining: @Sendable () -> Bool
    /// The stored histories of carts.
    package var past: any ActorHistoryStore
    /// The source of notifications that carts changed.
    package var feed: any ChangeFeed
    /// The carts that are watched on the node, by whichever face.
    package var watches: WatchRegistry
    /// Counts what became of requests, by whichever face they came.
    package var outcomes: OutcomeCounts

    /// - Parameters:
    ///   - now: the wall clock.
    ///   - instant: the deadlines' clock.
    ///   - sleep: waits by the same clock.
    ///   - newID: draws an id from 128 random bits.
    ///   - isDraining: cheap; it is asked once a response.
    ///   - past: where histories are read.
    ///   - feed: the source of notifications that carts changed.
    ///   - watches: the node's, which all faces share.
    ///   - outcomes: the node's, which all faces share.
    package init(
        now: @escaping @Sendable () -> Timestamp,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        newID: @escaping @Sendable () -> CartID,
        isDraining: @escaping @Sendable () -> Bool,
        past: any ActorHistoryStore,
        feed: any ChangeFeed,
        watches: WatchRegistry,
        outcomes: OutcomeCounts = OutcomeCounts()
    ) {
        self.now = now
        self.instant = instant
        self.sleep = sleep
        self.newID = newID
        self.isDraining = isDraining
        self.past = past
        self.feed = feed
        self.watches = watches
        self.outcomes = outcomes
    }
}
