/// What a node remembers of one address: the connection in use, or when it may be dialled again.
struct Peer<Connection: AnyObject> {
    typealias Instant = ContinuousClock.Instant

    enum State {
        /// Nothing is known against it. Can become `connected`.
        case vacant
        /// The connection that asks go to, dialled or being dialled. Can become `vacant` or `backingOff`.
        case connected(Connection)
        /// A connection failed; nobody dials before the instant. Can become `connected`.
        case backingOff(until: Instant)
    }

    enum Decision {
        case use(Connection)
        case dial
        /// Nothing is to be sent: the peer failed a moment ago.
        case refuse
    }

    private(set) var state = State.vacant
    private(set) var lastAsked: Instant
    private var failures = 0

    init(now: Instant) {
        lastAsked = now
    }

    /// The connection in use, if any.
    var connection: Connection? {
        switch state {
        case .connected(let connection): connection
        case .vacant, .backingOff: nil
        }
    }

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

    /// A connection takes no more asks; the next one dials.
    mutating func retired(_ connection: Connection) {
        if isCurrent(connection) { state = .vacant }
    }

    /// A connection ended.
    ///
    /// - Parameters:
    ///   - served: whether it brought an answer; if not, it counts as a failure.
    ///   - jitter: 0.5…1, the part of the pause that is kept.
    mutating func ended(
        _ connection: Connection,
        served: Bool,
        now: Instant,
        policy: LinkPolicy,
        jitter: Double
    ) {
        if served { failures = 0 }
        guard isCurrent(connection) else { return }
        guard !served else {
            state = .vacant
            return
        }
        let doublings = min(failures, 16)
        failures += 1
        let pause = min(policy.backoffFloor * (1 << doublings), policy.backoffCeiling)
        state = .backingOff(until: now + pause * jitter)
    }

    /// Whether nothing would be lost by forgetting this peer.
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
