import Timing

/// The state of one address: the connection in use, or the time at which it may be dialled again.
struct Peer<Connection: AnyObject> {
    typealias Instant = ContinuousClock.Instant

    enum State {
        /// There is no connection, and no reason not to dial. Can become `connected`.
        case vacant
        /// Requests use this connection, which is dialled or being dialled. Can become `vacant` or
        /// `backingOff`.
        case connected(Connection)
        /// The last connection failed; the address must not be dialled before the instant. Can become
        /// `connected`.
        case backingOff(until: Instant)
    }

    enum Decision {
        case use(Connection)
        case dial
        /// The request fails unsent: the peer failed a moment ago.
        case refuse
    }

    private(set) var state = State.vacant
    private(set) var lastAsked: Instant
    private var backoff: Backoff

    init(now: Instant, backoff: Backoff) {
        lastAsked = now
        self.backoff = backoff
    }

    /// The connection in use, if any.
    var connection: Connection? {
        switch state {
        case .connected(let connection): connection
        case .vacant, .backingOff: nil
        }
    }

    /// Decides how a request reaches the peer.
    mutating func ask(now: Instant) -> Decision {
        lastAsked = now
        switch state {
        case .vacant: return .dial
        case .connected(let connection): return .use(connection)
        case .backingOff(let until): return until <= now ? .dial : .refuse
        }
    }

    mutating func dialled(_ connection: Connection) {
        state = .connected(connection)
    }

    /// A connection accepts no more requests; the next request dials.
    mutating func retired(_ connection: Connection) {
        if isCurrent(connection) { state = .vacant }
    }

    /// A connection has ended.
    ///
    /// - Parameters:
    ///   - served: whether the peer sent a sign of life on it; if not, it counts as a failure.
    ///   - draw: a random number, drawn evenly from 0…1.
    mutating func ended(_ connection: Connection, served: Bool, now: Instant, draw: Double) {
        if served { backoff.reset() }
        guard isCurrent(connection) else { return }
        guard !served else {
            state = .vacant
            return
        }
        state = .backingOff(until: now + backoff.nextPause(draw: draw))
    }

    /// True if the peer has no connection and was idle for so long that its state can be dropped.
    func isForgettable(now: Instant, policy: LinkPolicy) -> Bool {
        switch state {
        case .connected: false
        case .vacant, .backingOff: lastAsked.duration(to: now) >= policy.idleTimeout
        }
    }

    private func isCurrent(_ candidate: Connection) -> Bool {
        connection === candidate
    }
}
