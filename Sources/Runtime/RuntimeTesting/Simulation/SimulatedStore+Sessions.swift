package import ActorRuntime
package import Ownership

extension SimulatedStore {
    /// See `SessionRegistry.beat`.
    ///
    /// - Parameter dataSet: the id of the data set, should there be none.
    package mutating func beat(
        _ heartbeat: Heartbeat,
        dataSet: String,
        at time: UInt64
    ) throws(StoreFailure) -> HeartbeatAnswer {
        let counter: UInt64
        switch contents.entries[heartbeat.session] {
        case nil: counter = time
        case .malformed:
            throw .unreadable("heartbeat: the field `\(heartbeat.session)` is corrupted")
        case .member(let member, _):
            guard member.condition != .dead else { return .dead }
            counter = member.counter + 1
        }
        contents.dataSet = contents.dataSet ?? dataSet
        contents.entries[heartbeat.session] = .member(
            Member(
                session: heartbeat.session,
                counter: counter,
                condition: heartbeat.draining ? .draining : .alive,
                settled: heartbeat.settled?.description ?? "",
                lease: heartbeat.lease,
                card: heartbeat.card
            ),
            since: 0
        )
        return .alive(
            HeartbeatReport(
                generation: generationOfSessions,
                time: StoreTime(time),
                members: members,
                doubt: confirms ? nil : Self.doubt,
                server: server?.id
            )
        )
    }

    /// See `SessionRegistry.writeTombstone`.
    package mutating func writeTombstone(
        _ expired: MembershipObserver.ExpiredSession,
        at time: UInt64
    ) -> TombstoneAnswer {
        let member = member(expired.session)
        if member?.condition == .dead { return .written }
        let stands = expired.counter == member?.counter || !SafetyRule.tombstoneChecksCounter.holds
        let isCurrent =
            expired.generation == generationOfSessions || !SafetyRule.tombstoneNamesGeneration.holds
        guard isCurrent, stands else { return .moved }
        writeTombstoneUnconditionally(expired.session, at: time)
        return .written
    }

    /// A tombstone's answer as its writer gets it: one that the replicas did not confirm is written, and counts no more
    /// than one without an answer.
    package func confirmed(
        _ answer: TombstoneAnswer,
        of session: SessionID
    ) throws(StoreFailure) -> TombstoneAnswer {
        guard answer == .moved || confirms else {
            throw .unanswered("the tombstone of \(session): \(Self.doubt)")
        }
        return answer
    }

    /// The reason why nothing counts that replicas did not confirm.
    private static var doubt: String { "no replica confirmed it in time (0 of 1)" }

    /// See `SessionRegistry.writeTombstoneUnconditionally`.
    package mutating func writeTombstoneUnconditionally(_ session: SessionID, at time: UInt64) {
        let member = member(session)
        if member?.condition == .dead { return }
        contents.entries[session] = .member(
            Member(
                session: session,
                counter: member?.counter ?? 0,
                condition: .dead,
                settled: "",
                card: NodeCard(name: "", link: "", build: "")
            ),
            since: time / 1_000_000
        )
    }

    /// Removes tombstones of more than `age` seconds, and the oldest ones above `limit`; answers how many.
    package mutating func prune(olderThan age: UInt64, keeping limit: Int, at time: UInt64) -> Int {
        let seconds = time / 1_000_000
        var dead: [(session: SessionID, since: UInt64)] = []
        for (session, entry) in contents.entries {
            guard case .member(let member, let since) = entry, member.condition == .dead else { continue }
            dead.append((session, since))
        }
        dead.sort { $0.since != $1.since ? $0.since < $1.since : $0.session.rawValue < $1.session.rawValue }
        let excess = dead.count - limit
        let gone = dead.enumerated().prefix { $0.offset < excess || $0.element.since + age < seconds }
        for (_, tombstone) in gone { contents.entries[tombstone.session] = nil }
        return gone.count
    }

    /// Every entry that can be read, by session: a simulation must not depend on hashing.
    package var members: [Member] {
        contents.entries.keys.sorted { $0.rawValue < $1.rawValue }.compactMap(member)
    }

    private func member(_ session: SessionID) -> Member? {
        switch contents.entries[session] {
        case nil, .malformed: nil
        case .member(let member, _): member
        }
    }
}
