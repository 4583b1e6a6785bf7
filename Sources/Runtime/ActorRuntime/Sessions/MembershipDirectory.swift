package import Ownership
import Synchronization

/// This node's knowledge of sessions, its own and the others': written by the `SessionKeeper`, read at any
/// time.
package final class MembershipDirectory: Sendable {
    /// Everything that must change together.
    struct State {
        var session: SessionHandle
        var ledger: GenerationLedger
        var observer: MembershipObserver
        var draining = false
        var predecessorIsTombstoned = false
        /// True once a generation was settled in this process's life.
        var wasSettled = false
        var heartbeatFailure: StoreFailure?
        var counts = SessionCounts()
        /// Nil for a store of one server.
        var shards: ShardKnowledge?
    }

    let policy: LeasePolicy
    let state: Mutex<State>
    private let makeSession: @Sendable () -> SessionHandle

    /// - Parameter shards: the beginning of what is known of a store with many servers; nil for one with one.
    init(
        policy: LeasePolicy,
        shards: ShardKnowledge? = nil,
        makeSession: @escaping @Sendable () -> SessionHandle
    ) {
        self.makeSession = makeSession
        self.policy = policy
        let state = State(
            session: makeSession(),
            ledger: GenerationLedger(policy: policy),
            observer: MembershipObserver(policy: policy),
            shards: shards
        )
        self.state = Mutex(state)
    }

    // MARK: What the host asks

    /// The session in force; it may not be valid yet, or no longer.
    package var session: SessionHandle {
        state.withLock { $0.session }
    }

    /// The generation in force, as far as is known.
    var generation: Generation? {
        state.withLock { $0.ledger.current }
    }

    /// True once the node is leaving.
    package var isDraining: Bool {
        state.withLock { $0.draining }
    }

    /// The reasons for which this node should not be asked; empty when it is ready.
    package func notReadyReasons(at now: ContinuousClock.Instant) -> [NotReadyReason] {
        state.withLock { Self.notReadyReasons($0, now) }
    }

    private static func notReadyReasons(_ state: State, _ now: ContinuousClock.Instant) -> [NotReadyReason] {
        var found: [NotReadyReason] = []
        if state.draining { found.append(.draining) }
        if !state.session.mayAct(at: now) { found.append(.noSession) }
        // Once settled, a node stays ready through a restart of the store: what is live goes on, and only
        // actors that lie in the store alone have to wait.
        if !state.wasSettled, !isSettled(state, now) { found.append(.unsettled) }
        if !state.predecessorIsTombstoned { found.append(.predecessor) }
        return found
    }

    /// The view for operators.
    package func clusterView(at now: ContinuousClock.Instant) -> ClusterView {
        state.withLock { state in
            ClusterView(
                session: state.session.id,
                notReadyReasons: Self.notReadyReasons(state, now),
                heartbeatFailure: state.heartbeatFailure,
                generation: state.ledger.current,
                lease: policy.length,
                members: state.observer.present
            )
        }
    }

    /// The state of another session, which is not watched for this question.
    package func knownStatus(of session: SessionID) -> MembershipObserver.SessionStatus {
        state.withLock { $0.observer.status(of: session) }
    }

    /// The silence of another session; nil for one that is dead or not observed.
    package func silence(
        of session: SessionID,
        at now: ContinuousClock.Instant
    ) -> MembershipObserver.Silence? {
        state.withLock { $0.observer.silence(of: session, at: now) }
    }

    /// What became of sessions since the process began.
    package var counts: SessionCounts {
        state.withLock { $0.counts }
    }

    /// Under which conditions `session` may claim now; nil while there is no generation to name.
    ///
    /// If nothing may be taken, the terms still allow a look at who owns the actor.
    package func terms(
        for session: SessionHandle,
        create: Bool,
        naming deadOwner: SessionID?,
        at now: ContinuousClock.Instant
    ) -> ClaimTerms? {
        state.withLock { state in
            guard let generation = state.ledger.current else { return nil }
            let mayTake = state.ledger.settled(at: now) == generation && !state.draining
            let dead = Self.deadSessions(state, naming: deadOwner)
            return ClaimTerms(
                mode: mayTake ? (create ? .create : .take) : .look,
                session: session.id,
                attempt: session.nextAttempt(),
                generation: generation,
                dead: dead
            )
        }
    }

    /// The sessions that a claim may take actors from, as far as they are known here.
    static func deadSessions(_ state: State, naming deadOwner: SessionID?) -> [SessionID] {
        var dead = state.observer.recentDead
        if let deadOwner, !dead.contains(deadOwner) {
            dead.removeFirst(max(0, dead.count + 1 - MembershipObserver.recentDeadLimit))
            dead.append(deadOwner)
        }
        return dead
    }

    /// The terms on which `session` may put an actor back that the store has lost.
    ///
    /// All of them are of one moment: a time belongs to the store of its generation, and the deadline grows
    /// only under a generation that was swept.
    func republishTerms(for session: SessionHandle) -> RepublishTerms {
        state.withLock { state in
            // Nothing is owned before the first heartbeat's answer; a generation that no store has is
            // refused.
            let unknown = Generation(dataSet: "", run: "", replication: "")
            let terms = state.ledger.surrenderTerms(until: session.endOfRight)
            return RepublishTerms(
                attempt: session.nextAttempt(),
                generation: terms?.generation ?? unknown,
                notAfter: terms?.notAfter ?? .past
            )
        }
    }

    /// The state of another session. A session without an entry is watched from now on.
    package func status(of session: SessionID) -> MembershipObserver.SessionStatus {
        state.withLock { state in
            let standing = state.observer.status(of: session)
            if standing == .absent { state.observer.watch(session) }
            return standing
        }
    }

    /// The other sessions that take new actors.
    package var handoverTargets: [Member] {
        state.withLock { $0.observer.handoverTargets }
    }

    /// The session in force, if this node takes actors over under it.
    func heir(at now: ContinuousClock.Instant) -> SessionID? {
        state.withLock { Self.mayTake($0, now) ? $0.session.id : nil }
    }

    /// True if an actor that is live here may go to another session: neither node is leaving, and nothing keeps
    /// the other from claiming it.
    func mayHandOver(to session: SessionID, at now: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            Self.mayTake(state, now) && state.heartbeatFailure == nil
                && state.observer.handoverTargets.contains { $0.session == session }
        }
    }

    private static func mayTake(_ state: State, _ now: ContinuousClock.Instant) -> Bool {
        let isSettled = state.shards == nil ? state.ledger.settled(at: now) != nil : state.wasSettled
        return !state.draining && isSettled && state.session.mayAct(at: now)
    }

    // MARK: What the keeper writes

    func count(_ body: (inout SessionCounts) -> Void) {
        state.withLock { body(&$0.counts) }
    }

    func markDraining() {
        state.withLock { $0.draining = true }
    }

    func markPredecessorTombstoned() {
        state.withLock { $0.predecessorIsTombstoned = true }
    }

    func heartbeat(card: NodeCard, at now: ContinuousClock.Instant) -> Heartbeat {
        state.withLock {
            Heartbeat(
                session: $0.session.id,
                draining: $0.draining,
                settled: $0.shards == nil ? $0.ledger.settled(at: now) : nil,
                lease: policy.length,
                card: card
            )
        }
    }

    /// The last heartbeat failed; or, with nil, was answered.
    ///
    /// - Returns: whether that is new.
    func heartbeatEnded(with failure: StoreFailure?) -> Bool {
        state.withLock { state in
            defer { state.heartbeatFailure = failure }
            return state.heartbeatFailure != failure
        }
    }

    /// Takes a heartbeat's report in, in the order that the protocol needs: the generation first, then
    /// whether it extends the lease, then the others.
    ///
    /// A report that the replicas did not confirm says nothing: its store may have been replaced. A generation
    /// that it shows may be the past, and a tombstone in it may never have reached the store in its place.
    ///
    /// - Parameter vouched: true if the generation counts as settled whatever the entries say.
    func learn(
        _ report: HeartbeatReport,
        for session: SessionHandle,
        sentAt: ContinuousClock.Instant,
        now: ContinuousClock.Instant,
        vouched: Bool,
        nothingLive: Bool
    ) -> GenerationLedger.Action {
        state.withLock { state in
            guard state.session === session, report.confirmed else { return .none }
            if state.shards != nil {
                Self.learn(report, by: &state, sentAt: sentAt, now: now)
                return .none
            }
            state.counts.saw(report.members)
            if let former = state.ledger.current, former != report.generation {
                state.counts.generationChanges += 1
            }
            let name = report.generation.description
            let elsewhere = report.members.contains { $0.session != session.id && $0.settled == name }
            if let longest = report.members.compactMap(\.lease).max() { state.ledger.learnLease(longest) }
            let action = state.ledger.observe(
                report.generation,
                storeTime: report.time,
                at: now,
                settledElsewhere: vouched || elsewhere,
                nothingLive: nothingLive
            )
            if state.ledger.settled(at: now) != nil { state.wasSettled = true }
            let extends = state.ledger.isSwept || !SafetyRule.sweepBeforeLease.holds
            session.heartbeatAnswered(.alive(extends: extends), sentAt: sentAt, now: now)
            state.observer.observe(
                report.members,
                generation: report.generation,
                own: session.id,
                receivedAt: SafetyRule.waitFromReceipt.holds ? now : sentAt
            )
            return action
        }
    }

    /// True if the lease waits for this very sweep.
    func isUnderWay(_ sweep: Sweep) -> Bool {
        state.withLock { $0.ledger.isUnderWay(sweep) }
    }

    func sweepFinished(_ sweep: Sweep) {
        state.withLock { $0.ledger.sweepFinished(sweep) }
    }

    /// Puts a new session in the place of one that is over.
    func beginSession() -> SessionHandle {
        let fresh = makeSession()
        state.withLock {
            $0.session = fresh
            $0.ledger.sessionBegan()
            // Only a valid session observes.
            if $0.shards != nil, SafetyRule.endVoids.holds { $0.observer.voidObservations() }
        }
        return fresh
    }

    func expiredSessions(at now: ContinuousClock.Instant) -> [MembershipObserver.ExpiredSession] {
        state.withLock { state in
            state.shards == nil
                ? state.observer.expiredSessions(at: now) : Self.expiredInCluster(state, at: now)
        }
    }

    /// The next instant at which waiting alone proves something: that a session is dead, or the generation
    /// settled.
    var nextProof: ContinuousClock.Instant? {
        state.withLock { state in
            if state.shards != nil { return Self.nextProofInCluster(state) }
            return [state.observer.nextExpiry, state.ledger.settlesAt].compactMap(\.self).min()
        }
    }

    func learnDead(_ session: SessionID, at now: ContinuousClock.Instant) {
        state.withLock { $0.observer.learnDead(session, at: now) }
    }

    func refused(_ session: SessionID) {
        state.withLock { $0.observer.refused(session) }
    }

    /// The generation that may be recorded as settled, for a successor on the same data folder. None of a store with
    /// many servers, which has many.
    package func settledGeneration(at now: ContinuousClock.Instant) -> Generation? {
        state.withLock { $0.shards == nil ? $0.ledger.settled(at: now) : nil }
    }

    /// True if actors may be claimed, whatever becomes of some servers of many.
    package func isSettled(at now: ContinuousClock.Instant) -> Bool {
        state.withLock { Self.isSettled($0, now) }
    }

    static func isSettled(_ state: State, _ now: ContinuousClock.Instant) -> Bool {
        state.shards.map { $0.ledger.isSettled(at: now) } ?? (state.ledger.settled(at: now) != nil)
    }
}
