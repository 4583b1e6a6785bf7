package import Ownership
import Synchronization

/// What this node knows of sessions, its own and others': written by the `SessionKeeper`, read by the host at any time.
package final class Directory: Sendable {
    /// Everything that must change together.
    private struct Knowledge {
        var session: SessionHandle
        var ledger: GenerationLedger
        var observer: MembershipObserver
        var draining = false
        var predecessorIsBuried = false
        /// Whether a generation was ever settled in this process's life.
        var wasSettled = false
    }

    private let knowledge: Mutex<Knowledge>
    private let makeSession: @Sendable () -> SessionHandle

    package init(policy: LeasePolicy, makeSession: @escaping @Sendable () -> SessionHandle) {
        self.makeSession = makeSession
        let knowledge = Knowledge(
            session: makeSession(),
            ledger: GenerationLedger(policy: policy),
            observer: MembershipObserver(policy: policy)
        )
        self.knowledge = Mutex(knowledge)
    }

    // MARK: What the host asks

    /// The session in force; it may not be valid yet, or no longer.
    package var session: SessionHandle {
        knowledge.withLock { $0.session }
    }

    /// The generation in force, as far as is known.
    var generation: Generation? {
        knowledge.withLock { $0.ledger.current }
    }

    /// Whether the node is leaving.
    package var isDraining: Bool {
        knowledge.withLock { $0.draining }
    }

    /// Why this node should not be asked; empty when it is ready.
    package func obstacles(at now: ContinuousClock.Instant) -> [Obstacle] {
        knowledge.withLock { Self.obstacles($0, now) }
    }

    private static func obstacles(_ knowledge: Knowledge, _ now: ContinuousClock.Instant) -> [Obstacle] {
        var found: [Obstacle] = []
        if knowledge.draining { found.append(.draining) }
        if !knowledge.session.mayAct(at: now) { found.append(.noSession) }
        // Once settled, a node stays ready through a restart of Redis: what is live goes on, and only carts that lie in Redis
        // alone have to wait.
        if !knowledge.wasSettled, knowledge.ledger.settled(at: now) == nil { found.append(.unsettled) }
        if !knowledge.predecessorIsBuried { found.append(.predecessor) }
        return found
    }

    /// What an operator wants to see.
    package func overview(at now: ContinuousClock.Instant) -> Overview {
        knowledge.withLock { knowledge in
            Overview(
                session: knowledge.session.id,
                obstacles: Self.obstacles(knowledge, now),
                generation: knowledge.ledger.current,
                members: knowledge.observer.present
            )
        }
    }

    /// Under which conditions `session` may claim now; nil while there is no generation to name.
    ///
    /// Where nothing may be taken, the terms still allow a look at who owns the actor.
    package func terms(
        for session: SessionHandle,
        create: Bool,
        naming deadOwner: SessionID?,
        at now: ContinuousClock.Instant
    ) -> ClaimTerms? {
        knowledge.withLock { knowledge in
            guard let generation = knowledge.ledger.current else { return nil }
            let mayTake = knowledge.ledger.settled(at: now) == generation && !knowledge.draining
            var dead = knowledge.observer.recentDead
            if let deadOwner, !dead.contains(deadOwner) {
                dead.removeFirst(max(0, dead.count + 1 - MembershipObserver.recentDeadLimit))
                dead.append(deadOwner)
            }
            return ClaimTerms(
                mode: mayTake ? (create ? .create : .take) : .look,
                session: session.id,
                attempt: session.nextAttempt(),
                generation: generation,
                dead: dead
            )
        }
    }

    /// How another session stands. A session without an entry is watched from now on.
    package func standing(of session: SessionID) -> MembershipObserver.Standing {
        knowledge.withLock { knowledge in
            let standing = knowledge.observer.standing(of: session)
            if standing == .absent { knowledge.observer.watch(session) }
            return standing
        }
    }

    /// The other sessions that take new actors.
    package var takers: [Member] {
        knowledge.withLock { $0.observer.takers }
    }

    // MARK: What the keeper writes

    func markDraining() {
        knowledge.withLock { $0.draining = true }
    }

    func markGravesClosed() {
        knowledge.withLock { $0.predecessorIsBuried = true }
    }

    func heartbeat(card: NodeCard, at now: ContinuousClock.Instant) -> Heartbeat {
        knowledge.withLock {
            Heartbeat(
                session: $0.session.id,
                draining: $0.draining,
                settled: $0.ledger.settled(at: now),
                card: card
            )
        }
    }

    /// Takes a heartbeat's report in, in the order that the protocol needs: the generation first, then whether it
    /// extends the lease, then the others.
    ///
    /// - Parameter vouched: whether the generation counts as settled whatever the entries say.
    func learn(
        _ report: HeartbeatReport,
        for session: SessionHandle,
        sentAt: ContinuousClock.Instant,
        now: ContinuousClock.Instant,
        vouched: Bool,
        nothingLive: Bool
    ) -> GenerationLedger.Action {
        knowledge.withLock { knowledge in
            guard knowledge.session === session else { return .none }
            let name = report.generation.description
            let elsewhere = report.members.contains { $0.session != session.id && $0.settled == name }
            let action = knowledge.ledger.observe(
                report.generation,
                at: now,
                settledElsewhere: vouched || elsewhere,
                nothingLive: nothingLive
            )
            if knowledge.ledger.settled(at: now) != nil { knowledge.wasSettled = true }
            let isSwept = knowledge.ledger.isSwept || !Rule.sweepBeforeLease.holds
            let extends = isSwept && report.confirmed
            session.heartbeatAnswered(.alive(extends: extends), sentAt: sentAt, now: now)
            knowledge.observer.observe(
                report.members,
                generation: report.generation,
                own: session.id,
                receivedAt: Rule.waitFromReceipt.holds ? now : sentAt
            )
            return action
        }
    }

    func sweepFinished(_ sweep: Sweep) {
        knowledge.withLock { $0.ledger.sweepFinished(sweep) }
    }

    /// Puts a new session in the place of one that is over.
    func beginSession() -> SessionHandle {
        let fresh = makeSession()
        knowledge.withLock {
            $0.session = fresh
            $0.ledger.sessionBegan()
        }
        return fresh
    }

    func verdicts(at now: ContinuousClock.Instant) -> [MembershipObserver.Verdict] {
        knowledge.withLock { $0.observer.verdicts(at: now) }
    }

    /// When waiting alone will next prove something: that a session is dead, or that the generation is settled.
    var nextProof: ContinuousClock.Instant? {
        knowledge.withLock { knowledge in
            [knowledge.observer.nextVerdict, knowledge.ledger.settlesAt].compactMap(\.self).min()
        }
    }

    func learnDead(_ session: SessionID) {
        knowledge.withLock { $0.observer.learnDead(session) }
    }

    func refused(_ session: SessionID) {
        knowledge.withLock { $0.observer.refused(session) }
    }

    /// The generation that may be recorded as settled, for a successor on the same data folder.
    package func settledGeneration(at now: ContinuousClock.Instant) -> Generation? {
        knowledge.withLock { $0.ledger.settled(at: now) }
    }
}
