import Ownership
import Synchronization

/// A node's knowledge of a store with many servers.
struct ShardKnowledge {
    var ledger: ShardLedger
    /// The slot in which the sessions lie.
    let membershipSlot: StoreSlot
    /// The ledger's, as they are posted to the partitions.
    var rights = SlotRights.none
    /// Tombstones that were seen on the sessions' server, and do not count yet.
    var unconfirmed: [SessionID: UnconfirmedTombstone] = [:]
    /// The beginnings of the observations after which this node wrote a tombstone.
    var observedSince: [SessionID: ContinuousClock.Instant] = [:]

    /// A tombstone of which nobody has confirmed that it lies on the right server.
    struct UnconfirmedTombstone {
        let generation: Generation
        let server: StoreServerID
        let answeredAt: ContinuousClock.Instant
        let observedSince: ContinuousClock.Instant
    }

    init(topology: any StoreTopology, policy: ShardPolicy) {
        ledger = ShardLedger(policy: policy)
        membershipSlot = topology.membershipSlot
    }
}

/// Under which conditions an actor in a slot is claimed.
struct ClaimPlan {
    let terms: ClaimTerms
    /// The grounds on which it may be taken; nil where the store is only asked who owns it.
    let grounds: ClaimGrounds?
}

extension MembershipDirectory {
    typealias Instant = ContinuousClock.Instant

    // MARK: Servers

    /// Takes in what a server said.
    ///
    /// - Returns: what came of it, and the rights from now on.
    func hear(
        _ word: ServerWord,
        sentAt: Instant,
        now: Instant
    ) -> (hearing: ShardLedger.Hearing, rights: SlotRights)? {
        state.withLock { state in
            guard var shards = state.shards.take() else { return nil }
            let hearing = shards.ledger.hear(word, sentAt: sentAt, receivedAt: now)
            if hearing != .ignored { shards.rights = shards.ledger.rights }
            let rights = shards.rights
            state.shards = shards
            Self.confirmTombstones(&state, at: now)
            if !state.wasSettled, Self.isSettled(state, now) { state.wasSettled = true }
            return (hearing, rights)
        }
    }

    /// Takes in the servers' node timeout. What is claimed from now on waits accordingly.
    func learnNodeTimeout(_ timeout: Duration) {
        state.withLock { $0.shards?.ledger.learnNodeTimeout(timeout) }
    }

    /// The rights of all slots; nil in a store of one server.
    var rights: SlotRights? { state.withLock { $0.shards?.rights } }

    /// The generation of the servers that may execute what is decided for an actor in the slot, and the stamp under
    /// which it was heard; nil where it is not known.
    func facts(of slot: StoreSlot) -> (generation: Generation, stamp: SlotStamp)? {
        state.withLock { $0.shards?.ledger.facts(of: slot) }
    }

    // MARK: Claims

    /// True if a migration has left the slot half open.
    func isHalfOpen(_ slot: StoreSlot, at now: Instant) -> Bool {
        state.withLock { $0.shards?.ledger.permit(for: slot, at: now) == .halfOpen(slot) }
    }

    /// The reason, for a person, for which nothing in the slot may be claimed; nil if it may.
    func obstacle(in slot: StoreSlot, at now: Instant) -> String? {
        state.withLock { $0.shards?.ledger.permit(for: slot, at: now).reason }
    }

    /// The conditions on which `session` claims an actor in the slot; nil while no server is known to name.
    ///
    /// If nothing may be taken, the terms still allow a look at who owns the actor.
    ///
    /// - Parameter whileDraining: true if it may be taken though the node is leaving.
    func claimPlan(
        for session: SessionHandle,
        in slot: StoreSlot,
        create: Bool,
        naming deadOwner: SessionID?,
        whileDraining: Bool,
        at now: Instant
    ) -> ClaimPlan? {
        state.withLock { state in
            guard let ledger = state.shards?.ledger else { return nil }
            if !state.draining || whileDraining,
                case .allowed(let grounds) = ledger.permit(for: slot, at: now)
            {
                let dead = Self.deadSessions(state, naming: deadOwner).filter { session in
                    state.observer.learnedDead(session).map(grounds.trust.covers) ?? false
                }
                let terms = ClaimTerms(
                    mode: create ? .create : .take,
                    session: session.id,
                    attempt: session.nextAttempt(),
                    generation: grounds.generation,
                    dead: dead
                )
                return ClaimPlan(terms: terms, grounds: grounds)
            }
            guard let generation = ledger.generation(of: slot) else { return nil }
            let terms = ClaimTerms(
                mode: .look,
                session: session.id,
                attempt: session.nextAttempt(),
                generation: generation,
                dead: Self.deadSessions(state, naming: deadOwner)
            )
            return ClaimPlan(terms: terms, grounds: nil)
        }
    }

    /// True if a claim that was sent on these grounds could be sent now: else its answer does not count.
    func upholds(_ grounds: ClaimGrounds, for slot: StoreSlot, at now: Instant) -> Bool {
        state.withLock { $0.shards?.ledger.upholds(grounds, for: slot, at: now) ?? true }
    }

    /// The terms on which `session` may put an actor in the slot back.
    ///
    /// - Parameter stamp: the actor's.
    func republishTerms(for session: SessionHandle, in slot: StoreSlot, since stamp: SlotStamp)
        -> RepublishTerms
    {
        state.withLock { state in
            let unknown = Generation(dataSet: "", run: "", replication: "")
            let ends = [session.endOfRight, state.shards?.rights.deadline(in: slot, since: stamp)]
            let deadline = ends.contains { $0 == nil } ? nil : ends.compactMap(\.self).min()
            let terms = state.shards?.ledger.returnTerms(in: slot, until: deadline)
            return RepublishTerms(
                attempt: session.nextAttempt(),
                generation: terms?.generation ?? unknown,
                notAfter: terms?.notAfter ?? .past
            )
        }
    }

    /// The time until which a copy may be offered for an actor in the slot: the end of the session's right.
    func offerLimit(for session: SessionHandle, in slot: StoreSlot) -> StoreTime {
        state.withLock { $0.shards?.ledger.returnTerms(in: slot, until: session.endOfRight)?.notAfter }
            ?? .past
    }

    // MARK: Sessions

    /// True once it is known where the sessions lie: before that no heartbeat would count.
    var knowsSessions: Bool {
        state.withLock { state in
            state.shards.map { $0.ledger.place(of: $0.membershipSlot) != nil } ?? true
        }
    }

    /// The reason, for a person, for which a heartbeat's answer says nothing; nil if it counts.
    func doubt(about report: HeartbeatReport) -> String? {
        state.withLock { state in
            guard let shards = state.shards else { return nil }
            let server = report.server ?? StoreServerID("")
            switch shards.ledger.standing(of: report.generation, from: server, in: shards.membershipSlot) {
            case .newest: return nil
            case .older: return "the server \(server) that answered was replaced"
            case .unknown: return "the server \(server) that answered is not known to serve the sessions"
            }
        }
    }

    /// Takes a heartbeat's report in. The slots' rights carry what was to be swept: it extends the lease at once.
    static func learn(_ report: HeartbeatReport, by state: inout State, sentAt: Instant, now: Instant) {
        guard var shards = state.shards, let server = report.server,
            shards.ledger.standing(of: report.generation, from: server, in: shards.membershipSlot) == .newest
        else { return }
        let session = state.session
        state.counts.saw(report.members)
        if let longest = report.members.compactMap(\.lease).max() { shards.ledger.learnLease(longest) }
        if let former = state.ledger.current, former != report.generation {
            state.counts.generationChanges += 1
        }
        _ = state.ledger.observe(
            report.generation,
            storeTime: report.time,
            at: now,
            settledElsewhere: false,
            nothingLive: true
        )
        session.heartbeatAnswered(.alive(extends: true), sentAt: sentAt, now: now)
        var members = report.members
        var unconfirmed: [SessionID: ShardKnowledge.UnconfirmedTombstone] = [:]
        for member in members where member.condition == .dead {
            guard state.observer.learnedDead(member.session) == nil else { continue }
            let seen = ShardKnowledge.UnconfirmedTombstone(
                generation: report.generation,
                server: server,
                answeredAt: now,
                observedSince: shards.observedSince[member.session] ?? now - shards.ledger.policy.rightsPass
            )
            // The first answer that showed it is the easiest to confirm.
            let former = shards.unconfirmed[member.session]
            unconfirmed[member.session] = former?.generation == seen.generation ? former : seen
        }
        shards.unconfirmed = unconfirmed
        shards.observedSince = shards.observedSince.filter { unconfirmed[$0.key] != nil }
        state.shards = shards
        confirmTombstones(&state, at: now)
        guard session.mayAct(at: now) || !SafetyRule.sessionObserves.holds else { return }
        members.removeAll { $0.condition == .dead && state.observer.learnedDead($0.session) == nil }
        state.observer.observe(members, generation: report.generation, own: session.id, receivedAt: now)
    }

    /// Learns of the tombstones that others have confirmed by now.
    private static func confirmTombstones(_ state: inout State, at now: Instant) {
        guard let shards = state.shards, !shards.unconfirmed.isEmpty else { return }
        let unconfirmed = shards.unconfirmed.sorted { $0.key.rawValue < $1.key.rawValue }
        for (session, seen) in unconfirmed {
            let counts = shards.ledger.isConfirmed(
                seen.generation,
                from: seen.server,
                in: shards.membershipSlot,
                answeredAt: seen.answeredAt,
                observedSince: seen.observedSince
            )
            guard counts else { continue }
            state.observer.learnDead(session, at: now)
            state.shards?.unconfirmed[session] = nil
        }
    }

    /// A tombstone was written. It counts once it was seen, and confirmed.
    ///
    /// - Returns: false in a store of one server, where it counts at once.
    func awaitsConfirmation(of expired: MembershipObserver.ExpiredSession) -> Bool {
        state.withLock { state in
            guard state.shards != nil else { return false }
            state.shards?.observedSince[expired.session] = expired.since
            state.observer.refused(expired.session)
            return true
        }
    }

    static func expiredInCluster(_ state: State, at now: Instant) -> [MembershipObserver.ExpiredSession] {
        guard let shards = state.shards, let extra = extraWait(shards),
            let allowed = shards.ledger.tombstonesAllowed(in: shards.membershipSlot), now >= allowed,
            state.session.mayAct(at: now) || !SafetyRule.sessionObserves.holds
        else { return [] }
        return state.observer.expiredSessions(at: now, waiting: extra)
    }

    static func nextProofInCluster(_ state: State) -> Instant? {
        guard let shards = state.shards, let expiry = state.observer.nextExpiry,
            let extra = extraWait(shards),
            let allowed = shards.ledger.tombstonesAllowed(in: shards.membershipSlot)
        else { return nil }
        return max(expiry + extra, allowed)
    }

    /// The time by which observations are longer than on one server; nil where no server of the sessions is known.
    private static func extraWait(_ shards: ShardKnowledge) -> Duration? {
        shards.ledger.place(of: shards.membershipSlot) == nil
            ? nil : shards.ledger.observation - shards.ledger.policy.rightsPass
    }
}
