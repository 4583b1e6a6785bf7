package import ActorRuntime
package import Cart

/// What the HTTP face allows and promises.
package struct CartAPIPolicy: Sendable {
    /// What may be put into a cart; the same as the host's decider has.
    package var limits = CartLimits()
    /// The longest body, in bytes.
    package var bodyBytes = 64 * 1024
    /// How long a request may take, from when it came.
    package var requestDeadline: Duration = .seconds(2)
    /// How long a cart is kept after its last change: what `expiresAt` is counted by.
    package var retention: Duration = .seconds(30 * 86_400)
    /// What callers show that may set prices; nil: nobody may.
    package var trusted: TrustedToken?

    /// The numbers of the design, sections 6 and 9.
    package init() {}
}

/// What the HTTP face does not make up itself.
package struct CartAPIDependencies: Sendable {
    /// The wall clock, by which commands are dated.
    package var now: @Sendable () -> Timestamp
    /// The clock that deadlines are counted by.
    package var instant: @Sendable () -> ContinuousClock.Instant
    /// A fresh id that nobody can guess.
    package var newID: @Sendable () -> CartID
    /// Whether the node is leaving, so that clients should connect elsewhere.
    package var isDraining: @Sendable () -> Bool
    /// What is kept of carts' pasts.
    package var past: any ActorHistoryStore
    /// Who tells that carts changed.
    package var feed: any ChangeFeed
    /// The carts that are watched on the node, by whichever face.
    package var watches: WatchRegistry

    /// - Parameters:
    ///   - now: the wall clock.
    ///   - instant: the deadlines' clock.
    ///   - newID: draws an id from 128 random bits.
    ///   - isDraining: cheap; it is asked once a response.
    ///   - past: where histories are read.
    ///   - feed: who tells that carts changed, for whoever watches one.
    ///   - watches: the node's, which all faces share.
    package init(
        now: @escaping @Sendable () -> Timestamp,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now },
        newID: @escaping @Sendable () -> CartID,
        isDraining: @escaping @Sendable () -> Bool,
        past: any ActorHistoryStore,
        feed: any ChangeFeed,
        watches: WatchRegistry
    ) {
        self.now = now
        self.instant = instant
        self.newID = newID
        self.isDraining = isDraining
        self.past = past
        self.feed = feed
        self.watches = watches
    }
}
