/// Decides what may be done under the generation of data that the store holds now: claim (once it is
/// *settled*) and extend the lease (once it is *swept*).
///
/// Settled: every session that may hold newer state than the store has either put it back or has ended,
/// because the generation is known for longer than any lease from before it can last. Swept: this node has
/// put back whatever the store lost of its own live actors.
package struct GenerationLedger: Sendable, Equatable {
    package typealias Instant = ContinuousClock.Instant

    package enum State: Equatable, Sendable {
        /// The store never answered. Can become `known`.
        case unknown
        /// The generation that the latest answer named. Can become `known` with another one.
        case known(Generation, firstSeen: Instant, settled: Bool, swept: Bool)
    }

    /// The task of the host.
    package enum Action: Equatable, Sendable {
        case none
        /// Check every live actor against the store, put back what is missing, then say `sweepFinished`.
        case sweep(Sweep)
    }

    package private(set) var state: State = .unknown
    /// The number of sweeps that were asked for.
    private var sweeps: UInt64 = 0
    /// The latest reading of the store's clock: under the generation in force, as another store has another
    /// clock.
    private var clock: StoreClockReading?
    private let policy: LeasePolicy
    private var takeoverDelay: Duration

    package init(policy: LeasePolicy) {
        self.policy = policy
        self.takeoverDelay = policy.takeoverDelay
    }

    /// Takes in the length of another session's lease. From then on a generation is settled by waiting only
    /// after a wait that outlasts it, whether or not that session's entry outlives the change of generation.
    package mutating func learnLease(_ length: Duration) {
        takeoverDelay = max(takeoverDelay, policy.takeoverDelay(against: length))
    }

    /// Takes in the generation that a heartbeat's answer named.
    ///
    /// - Parameters:
    ///   - storeTime: the store's time when it executed the heartbeat.
    ///   - now: the instant at which the answer was received.
    ///   - settledElsewhere: true if somebody whose word counts calls this very generation settled: an entry
    ///     in the same answer, or the predecessor on our data folder; or nobody else can ever have owned
    ///     anything in it.
    ///   - nothingLive: true if this node has no live actor and no claim in flight, so that there is nothing
    ///     to sweep.
    package mutating func observe(
        _ generation: Generation,
        storeTime: StoreTime,
        at now: Instant,
        settledElsewhere: Bool,
        nothingLive: Bool
    ) -> Action {
        clock = StoreClockReading(storeTime, receivedAt: now)
        switch state {
        case .known(generation, let firstSeen, let settled, let swept):
            let isSettled = settled || settledElsewhere || now - firstSeen >= takeoverDelay
            state = .known(generation, firstSeen: firstSeen, settled: isSettled, swept: swept)
            return .none
        case .unknown, .known:
            state = .known(generation, firstSeen: now, settled: settledElsewhere, swept: nothingLive)
            guard !nothingLive else { return .none }
            sweeps += 1
            return .sweep(Sweep(generation: generation, number: sweeps))
        }
    }

    /// True if the lease waits for this very sweep: no other generation came since, and no new session.
    package func isUnderWay(_ sweep: Sweep) -> Bool {
        switch state {
        case .known(sweep.generation, _, _, swept: false): sweep.number == sweeps
        case .unknown, .known: false
        }
    }

    /// Records the end of a sweep: every actor that was live when it began is known to be in the store, or
    /// gone. Only the latest sweep counts: a generation may come, go and come again.
    package mutating func sweepFinished(_ sweep: Sweep) {
        guard sweep.number == sweeps else { return }
        let generation = sweep.generation
        switch state {
        case .known(generation, let firstSeen, let settled, swept: false):
            state = .known(generation, firstSeen: firstSeen, settled: settled, swept: true)
        case .unknown, .known:
            break
        }
    }

    /// Records that a new session began. It has no live actors, so there is nothing left to sweep.
    package mutating func sessionBegan() {
        switch state {
        case .known(let generation, let firstSeen, let settled, swept: false):
            state = .known(generation, firstSeen: firstSeen, settled: settled, swept: true)
        case .unknown, .known:
            break
        }
    }

    /// The generation in force.
    package var current: Generation? {
        switch state {
        case .unknown: nil
        case .known(let generation, _, _, _): generation
        }
    }

    /// The terms of a surrender under the generation in force; nil while there is none.
    ///
    /// - Parameter deadline: the end of the session's right; nil where it has none.
    package func surrenderTerms(until deadline: Instant?) -> SurrenderTerms? {
        guard let current, let clock else { return nil }
        let notAfter = deadline.map(clock.time(notAfter:)) ?? .past
        return SurrenderTerms(generation: current, notAfter: notAfter)
    }

    /// True if a heartbeat's answer under the generation in force may extend the lease.
    package var isSwept: Bool {
        switch state {
        case .unknown: false
        case .known(_, _, _, let swept): swept
        }
    }

    /// The instant at which waiting alone settles the generation in force; nil if it is settled, or unknown.
    package var settlesAt: Instant? {
        switch state {
        case .unknown, .known(_, _, settled: true, _): nil
        case .known(_, let firstSeen, settled: false, _): firstSeen + takeoverDelay
        }
    }

    /// The generation under which claims are allowed at `now`, and which our entry may call settled.
    package func settled(at now: Instant) -> Generation? {
        switch state {
        case .unknown:
            nil
        case .known(let generation, let firstSeen, let settled, _):
            settled || now - firstSeen >= takeoverDelay || !SafetyRule.generationGate.holds ? generation : nil
        }
    }
}

/// One check of everything live against a generation.
package struct Sweep: Sendable, Hashable {
    package let generation: Generation
    /// Tells it from other sweeps of this node.
    package let number: UInt64

    package init(generation: Generation, number: UInt64) {
        self.generation = generation
        self.number = number
    }
}
