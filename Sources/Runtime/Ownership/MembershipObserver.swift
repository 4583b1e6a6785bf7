/// Decides which sessions are dead: not by a clock that nodes would have to share, but because one and the
/// same counter was seen for longer, on our own clock, than any lease can last.
package struct MembershipObserver: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// The last change that was seen of a session.
    private struct Observation: Equatable {
        /// The counter, or nil where the session had no entry.
        var counter: UInt64?
        var generation: Generation
        /// The length of the session's lease, if its entry names it.
        var lease: Duration?
        /// The instant at which the first answer that showed it was *received*.
        var since: Instant
    }

    /// The state of a session, as far as this node knows.
    package enum SessionStatus: Equatable, Sendable {
        /// Reachable at the member's link.
        case present(Member)
        /// It can never act again.
        case dead
        /// No entry, and not yet proved dead.
        case absent
    }

    /// A tombstone that may be written if nothing moved in the meantime.
    package struct ExpiredSession: Hashable, Sendable {
        package let session: SessionID
        /// The counter that must still stand there, or nil where there must still be no entry.
        package let counter: UInt64?
        package let generation: Generation
        /// The beginning of the observation.
        package var since: Instant?
    }

    /// The most absent owners that are watched at once. Beyond it the oldest watch is given up; it starts
    /// again, with a new wait, if the session is asked for again.
    package static let watchLimit = 1_024
    /// The most dead sessions that are remembered. One that was forgotten is observed again, with a new wait,
    /// if an actor names it.
    package static let deadLimit = 16_384
    /// The most tombstoned sessions that a claim carries along.
    package static let recentDeadLimit = 16

    private let policy: LeasePolicy
    /// The longest lease that any entry has named.
    private var longestLease: Duration?
    private var members: [SessionID: Member] = [:]
    /// The instant at which the last answer was received.
    private var lastAnswer: Instant?
    private var dead = RecentSessions(limit: MembershipObserver.deadLimit)
    private var observations: [SessionID: Observation] = [:]
    private var watched: [SessionID] = []
    /// The sessions found dead last, newest last: those whose actors are likely to be claimed now.
    package private(set) var recentDead: [SessionID] = []

    package init(policy: LeasePolicy) {
        self.policy = policy
    }

    /// Takes in the whole membership of a heartbeat's answer.
    ///
    /// - Parameters:
    ///   - own: our session, which judges itself by its own deadline.
    ///   - now: the instant at which the answer was received.
    package mutating func observe(
        _ snapshot: [Member],
        generation: Generation,
        own: SessionID,
        receivedAt now: Instant
    ) {
        members = [:]
        lastAnswer = now
        var seen: [SessionID: Observation] = [:]
        for member in snapshot where member.session != own {
            switch member.condition {
            case .dead:
                learnDead(member.session, at: now)
            case .alive, .draining:
                guard !dead.contains(member.session) else { continue }
                members[member.session] = member
                longestLease = max(longestLease ?? .zero, member.lease ?? .zero)
                seen[member.session] = observation(
                    of: member.session,
                    counter: member.counter,
                    lease: member.lease,
                    generation: generation,
                    receivedAt: now
                )
            }
        }
        watched.removeAll { dead.contains($0) || members[$0] != nil }
        for session in watched where session != own {
            seen[session] = observation(
                of: session,
                counter: nil,
                lease: nil,
                generation: generation,
                receivedAt: now
            )
        }
        observations = seen
    }

    /// Keeps the former observation where nothing moved; otherwise the wait begins anew.
    private func observation(
        of session: SessionID,
        counter: UInt64?,
        lease: Duration?,
        generation: Generation,
        receivedAt now: Instant
    ) -> Observation {
        if let former = observations[session], former.counter == counter, former.generation == generation {
            return former
        }
        return Observation(counter: counter, generation: generation, lease: lease, since: now)
    }

    /// Begins to observe a session without an entry, because some actor names it as its owner.
    package mutating func watch(_ session: SessionID) {
        guard !dead.contains(session), members[session] == nil, !watched.contains(session) else { return }
        if watched.count >= Self.watchLimit { watched.removeFirst() }
        watched.append(session)
    }

    /// The sessions whose wait is over at `now`, in an order that does not depend on hashing.
    ///
    /// - Parameter extra: the time by which the waits are longer than a lease makes them.
    package func expiredSessions(at now: Instant, waiting extra: Duration = .zero) -> [ExpiredSession] {
        let due = observations.compactMap { session, seen -> ExpiredSession? in
            let wait = wait(for: seen) + extra
            guard now - seen.since >= wait || !SafetyRule.takeoverWaits.holds else { return nil }
            return ExpiredSession(
                session: session,
                counter: seen.counter,
                generation: seen.generation,
                since: seen.since
            )
        }
        return due.sorted { $0.session.rawValue < $1.session.rawValue }
    }

    /// The end of the next wait, if nothing moves.
    package var nextExpiry: Instant? {
        observations.values.map { $0.since + wait(for: $0) }.min()
    }

    /// How long a session that is not dead has been silent.
    package struct Silence: Equatable, Sendable {
        /// The time from the answer that showed its last heartbeat to the last answer, as nothing is heard
        /// between two answers.
        package let lasted: Duration
        /// The time after which it may be called dead if it stays silent.
        package let left: Duration

        package init(lasted: Duration, left: Duration) {
            self.lasted = lasted
            self.left = left
        }
    }

    /// The silence of another session; nil for one that is dead or not observed.
    package func silence(of session: SessionID, at now: Instant) -> Silence? {
        observations[session].map { seen in
            Silence(
                lasted: max(.zero, (lastAnswer ?? seen.since) - seen.since),
                left: max(.zero, wait(for: seen) - (now - seen.since))
            )
        }
    }

    /// The wait before a session that was seen so may be called dead. A session without an entry names no
    /// lease: it may have had the longest one.
    private func wait(for seen: Observation) -> Duration {
        policy.takeoverDelay(against: seen.counter == nil ? longestLease : seen.lease)
    }

    /// Records that a session is dead: its tombstone is written, or its death was proved otherwise.
    package mutating func learnDead(_ session: SessionID, at now: Instant) {
        guard dead.insert(session, at: now) else { return }
        members[session] = nil
        observations[session] = nil
        watched.removeAll { $0 == session }
        recentDead.append(session)
        if recentDead.count > Self.recentDeadLimit { recentDead.removeFirst() }
    }

    /// The instant at which this node learned that a session is dead; nil if it does not know that.
    package func learnedDead(_ session: SessionID) -> Instant? { dead.instant(of: session) }

    /// Gives every observation up, with the end of the session under which it was made.
    package mutating func voidObservations() { observations = [:] }

    /// Records that a tombstone was refused because something moved. The wait begins again with the next
    /// answer.
    package mutating func refused(_ session: SessionID) {
        observations[session] = nil
    }

    package func status(of session: SessionID) -> SessionStatus {
        if dead.contains(session) { return .dead }
        guard let member = members[session] else { return .absent }
        return .present(member)
    }

    /// The other sessions that are not dead.
    package var present: [Member] {
        members.values.sorted { $0.card.name < $1.card.name }
    }

    /// The other sessions that can be reached and take new actors.
    package var handoverTargets: [Member] {
        members.values.filter { $0.condition == .alive }
    }
}
