import LogEvents
import Logging
import Ownership
import Timing

/// Keeps this node's session alive, watches the others', and writes the tombstones of those that fell silent.
///
/// It runs on an executor of its own, so that work of the actors cannot delay a heartbeat.
actor SessionKeeper {
    /// A task for the host.
    enum Notice: Sendable {
        /// The session ended: everything that is live under it must go.
        case ended(SessionHandle)
        /// The store holds another generation: check what is live, then call `sweepFinished`.
        case sweep(Sweep)
    }

    /// The time between two tries of a heartbeat that failed.
    private static let retryInterval: Duration = .milliseconds(200)
    /// The time between two removals of old tombstones: each heartbeat carries them all.
    private static let pruneInterval: Duration = .seconds(3_600)
    /// The most tombstones that a heartbeat's answer may have before the oldest are removed at once. A node
    /// that starts and dies again and again leaves one each time.
    static let tombstoneLimit = 256
    /// The time between two removals for that reason.
    private static let crowdedPruneInterval: Duration = .seconds(10)
    /// The shortest time between two rounds, however urgent a verdict is.
    private static let shortestInterval: Duration = .milliseconds(50)

    nonisolated let directory: MembershipDirectory
    /// The tasks for the host, in order. At most one end and one sweep a heartbeat come in, and the host only
    /// marks work to be done, so the buffer stays small without a bound that could lose a notice.
    nonisolated let notices: AsyncStream<Notice>

    private nonisolated let executor: any SerialExecutor
    private let registry: any SessionRegistry
    private let policy: LeasePolicy
    private let identity: NodeIdentity
    private let clock: any HostClock
    private let nothingLive: @Sendable () -> Bool
    private let logger: Logger
    /// A Redis that answers now and then would have a line for each failure.
    private let heartbeatThrottle = LogThrottle(interval: .seconds(10))
    private let notice: AsyncStream<Notice>.Continuation
    private var pendingTombstones: [SessionID]
    private var left = false
    private var pruneAt: ContinuousClock.Instant
    private var crowdedPruneAt: ContinuousClock.Instant
    /// The number of tombstones in the last heartbeat's answer.
    private var tombstones = 0
    private var recorded: (SessionID, Generation?)?
    /// The sessions whose leases were reported to have another length.
    private var reportedLeases: Set<SessionID> = []

    /// - Parameter nothingLive: true if the host has no activation at all.
    init(
        registry: any SessionRegistry,
        directory: MembershipDirectory,
        policy: LeasePolicy,
        identity: NodeIdentity,
        environment: NodeEnvironment,
        nothingLive: @escaping @Sendable () -> Bool,
        logger: Logger
    ) {
        self.registry = registry
        self.directory = directory
        self.policy = policy
        self.identity = identity
        self.clock = environment.sessionClock
        self.executor = environment.sessionExecutor
        self.nothingLive = nothingLive
        self.logger = logger
        self.pruneAt = environment.sessionClock.now + Self.pruneInterval
        self.crowdedPruneAt = environment.sessionClock.now
        self.pendingTombstones = identity.bootstrap.predecessor.map { [$0] } ?? []
        (self.notices, self.notice) = AsyncStream.makeStream(of: Notice.self, bufferingPolicy: .unbounded)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// Beats until the task is cancelled or the session was left.
    func run() async {
        defer { notice.finish() }
        while !left, !Task.isCancelled {
            let began = clock.now
            let answered = await beat()
            if answered {
                await writePendingTombstones()
                await writeTombstonesOfExpiredSessions(until: began + policy.heartbeatInterval)
                await pruneIfDue()
            }
            let pause =
                answered ? policy.heartbeatInterval : min(Self.retryInterval, policy.heartbeatInterval)
            var wake = began + pause
            if let proof = directory.nextProof, answered {
                wake = min(wake, max(proof, began + Self.shortestInterval))
            }
            do {
                try await clock.sleep(until: wake)
            } catch {
                return  // Cancelled: the lease runs out by itself.
            }
        }
    }

    /// Tells the others that this node hands its actors over and takes no more.
    func announceDraining() async {
        directory.markDraining()
        _ = await beat()
    }

    /// Ends the session and writes its tombstone, so that nobody has to wait for the lease. Nothing may be
    /// live any more.
    func leave() async {
        guard !left else { return }
        await writePendingTombstones()
        left = true
        let session = directory.session
        session.leave()
        do {
            try await registry.writeTombstoneUnconditionally(session.id)
            logger.event(.sessionLeft, ["session": "\(session.id)"])
        } catch {
            logger.event(.sessionLeftUnannounced, ["session": "\(session.id)", "cause": "\(error)"])
        }
    }

    // MARK: Own session

    /// Sends one heartbeat and takes its answer in; returns whether there was one that counts.
    private func beat() async -> Bool {
        replaceIfOver()
        guard !left, directory.knowsSessions else { return false }
        let session = directory.session
        record(session)
        let sentAt = clock.now
        do {
            let answer = try await registry.beat(directory.heartbeat(card: identity.card, at: sentAt))
            count(answer.result, since: sentAt)
            // Extends no lease and says nothing: for the node, as good as none.
            if let doubt = answer.doubt ?? doubt(about: answer) {
                fail(.unanswered("the heartbeat: \(doubt)"), of: session)
                return false
            }
            _ = directory.heartbeatEnded(with: nil)
            handle(answer, for: session, sentAt: sentAt)
            return true
        } catch {
            count(.failed, since: sentAt)
            fail(error, of: session)
            return false
        }
    }

    private func doubt(about answer: HeartbeatAnswer) -> String? {
        switch answer {
        case .dead: nil
        case .alive(let report): directory.doubt(about: report)
        }
    }

    private func fail(_ failure: StoreFailure, of session: SessionHandle) {
        if directory.heartbeatEnded(with: failure) {
            logger.event(
                .heartbeatFailed,
                limitedBy: heartbeatThrottle,
                key: "\(failure)",
                now: clock.now,
                ["session": "\(session.id)", "cause": "\(failure)"]
            )
        }
        replaceIfOver()
    }

    private func count(_ result: SessionCounts.HeartbeatResult, since sentAt: ContinuousClock.Instant) {
        let time = clock.now - sentAt
        directory.count { $0.heartbeatEnded(result, took: time) }
    }

    private func handle(
        _ answer: HeartbeatAnswer,
        for session: SessionHandle,
        sentAt: ContinuousClock.Instant
    ) {
        let now = clock.now
        switch answer {
        case .dead:
            session.heartbeatAnswered(.dead, sentAt: sentAt, now: now)
        case .alive(let report):
            tombstones = report.members.count { $0.condition == .dead }
            let action = directory.learn(
                report,
                for: session,
                sentAt: sentAt,
                now: now,
                vouched: identity.bootstrap.vouches(for: report.generation),
                nothingLive: nothingLive()
            )
            reportOtherLeases(at: now)
            switch action {
            case .none: break
            case .sweep(let sweep):
                logger.event(.sweepBegun, ["generation": "\(sweep.generation)"])
                notice.yield(.sweep(sweep))
            }
        }
        replaceIfOver()
        record(directory.session)
    }

    /// Logs each session with a lease of another length once.
    private func reportOtherLeases(at now: ContinuousClock.Instant) {
        let members = directory.clusterView(at: now).membersWithOtherLease
        for member in members where !reportedLeases.contains(member.session) {
            logger.event(
                .peerLeaseDiffers,
                [
                    "peer": "\(member.card.name)", "leaseMilliseconds": .milliseconds(policy.length),
                    "peerLeaseMilliseconds": .milliseconds(member.lease ?? .zero),
                ]
            )
        }
        reportedLeases = Set(members.map(\.session))
    }

    private func replaceIfOver() {
        let former = directory.session
        guard !left, former.isOver(at: clock.now) else { return }
        logger.event(.sessionOver, ["session": "\(former.id)", "cause": "\(former.state)"])
        directory.count { $0.sessionEnded(former.state) }
        pendingTombstones.append(former.id)
        _ = directory.beginSession()
        notice.yield(.ended(former))
    }

    private func record(_ session: SessionHandle) {
        let settled = directory.settledGeneration(at: clock.now)
        if let recorded, recorded == (session.id, settled) { return }
        let isNew = recorded?.0 != session.id
        recorded = (session.id, settled)
        identity.recordSession(session.id, settled)
        if isNew { logger.event(.sessionBegun, ["session": "\(session.id)"]) }
    }

    // MARK: Others' sessions

    /// Writes the tombstones of sessions that are certainly over: our own former ones, and the predecessor's.
    private func writePendingTombstones() async {
        while let session = pendingTombstones.first {
            do {
                try await registry.writeTombstoneUnconditionally(session)
                // By name: `run` and `leave` may both be at it.
                pendingTombstones.removeAll { $0 == session }
                directory.learnDead(session, at: clock.now)
            } catch {
                return  // The store does not answer; the next round tries again.
            }
        }
        directory.markPredecessorTombstoned()
    }

    /// Writes the tombstones that are due, as far as there is time before the next heartbeat.
    private func writeTombstonesOfExpiredSessions(until end: ContinuousClock.Instant) async {
        for expired in directory.expiredSessions(at: clock.now) {
            guard clock.now < end else { return }
            do {
                switch try await registry.writeTombstone(expired) {
                case .written:
                    directory.count { $0.tombstoneEnded(.written) }
                    if !directory.awaitsConfirmation(of: expired) {
                        directory.learnDead(expired.session, at: clock.now)
                    }
                    logger.event(.peerDeclaredDead, ["peerSession": "\(expired.session)"])
                case .moved:
                    directory.count { $0.tombstoneEnded(.moved) }
                    directory.refused(expired.session)
                }
            } catch {
                // The store does not answer, and may have been replaced: the wait begins anew.
                directory.count { $0.tombstoneEnded(.failed) }
                directory.refused(expired.session)
                return
            }
        }
    }

    private func pruneIfDue() async {
        let now = clock.now
        let isCrowded = tombstones > Self.tombstoneLimit && now >= crowdedPruneAt
        guard isCrowded || now >= pruneAt else { return }
        if now >= pruneAt { pruneAt = now + Self.pruneInterval }
        crowdedPruneAt = now + Self.crowdedPruneInterval
        do {
            let pruned = try await registry.prune(keeping: Self.tombstoneLimit)
            directory.count { $0.prunedTombstones &+= UInt64(max(0, pruned)) }
            if pruned > 0 { logger.event(.tombstonesRemoved, ["count": .number(pruned)]) }
        } catch {
            logger.event(.tombstonesKept, ["cause": "\(error)"])
        }
    }
}

extension HeartbeatAnswer {
    /// The reason why replicas did not confirm it; nil if it counts.
    fileprivate var doubt: String? {
        switch self {
        case .dead: nil
        case .alive(let report): report.doubt
        }
    }

    fileprivate var result: SessionCounts.HeartbeatResult {
        switch self {
        case .dead: .dead
        case .alive(let report): report.confirmed ? .answered : .unconfirmed
        }
    }
}
