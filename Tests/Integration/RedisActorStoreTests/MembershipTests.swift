import ActorRuntime
import RuntimeTesting
import StoreTesting
import Testing

@testable import Ownership

/// Every answer of heartbeats and tombstones, in both stores.
@Suite struct MembershipTests {
    private func expired(
        _ session: SessionID,
        counter: UInt64?,
        under generation: Generation
    ) -> MembershipObserver.ExpiredSession {
        MembershipObserver.ExpiredSession(session: session, counter: counter, generation: generation)
    }

    private func member(_ session: SessionID, in report: HeartbeatReport) -> Member? {
        report.members.first { $0.session == session }
    }

    @Test(arguments: StoreFixtureKind.withoutLoop)
    func `each heartbeat increments the counter and answers the whole membership`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            let first = try await fixture.beat(me)
            let counter = try #require(member(me, in: first)?.counter)
            let second = try await fixture.beat(other, draining: true, settled: first.generation)
            #expect(second.generation == first.generation)
            #expect(second.confirmed)
            #expect(second.members.count == 2)
            #expect(
                member(me, in: second)
                    == Member(session: me, counter: counter, condition: .alive, settled: "", card: card)
            )
            let draining = try #require(member(other, in: second))
            #expect(draining.condition == .draining)
            #expect(draining.settled == first.generation.description)
            let third = try await fixture.beat(me)
            #expect(member(me, in: third)?.counter == counter + 1)
            #expect(member(other, in: third) == draining)
        }
    }

    @Test(arguments: StoreFixtureKind.withoutLoop)
    func `a restart keeps the data set and changes the run, a flush changes the data set`(
        _ kind: StoreFixtureKind
    ) async throws {
        try await withStoreFixture(kind) { fixture in
            let first = try await fixture.beat().generation
            try await fixture.restart()
            let second = try await fixture.beat().generation
            #expect(second.dataSet == first.dataSet)
            #expect(second.run != first.run)
            try await fixture.flush()
            let third = try await fixture.beat().generation
            #expect(third.dataSet != second.dataSet)
            #expect(third.run == second.run)
        }
    }

    @Test(arguments: StoreFixtureKind.withoutLoop)
    func `a silent session gets a tombstone for good`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            var report = try await fixture.beat(other)
            let seen = try #require(member(other, in: report))
            let generation = report.generation
            for _ in 1...2 {
                let expired = self.expired(other, counter: seen.counter, under: generation)
                #expect(try await fixture.registry.writeTombstone(expired) == .written)
            }
            let heartbeat = Heartbeat(session: other, draining: false, settled: nil, card: card)
            #expect(try await fixture.registry.beat(heartbeat) == .dead)
            report = try await fixture.beat()
            #expect(member(other, in: report)?.condition == .dead)
            // Also with a counter that is outdated, or never existed.
            #expect(
                try await fixture.registry.writeTombstone(expired(other, counter: 1, under: generation))
                    == .written
            )
            #expect(
                try await fixture.registry.writeTombstone(expired(other, counter: nil, under: generation))
                    == .written
            )
        }
    }

    @Test(arguments: StoreFixtureKind.withoutLoop)
    func `a changed counter or generation prevents the tombstone`(
        _ kind: StoreFixtureKind
    ) async throws {
        try await withStoreFixture(kind) { fixture in
            var report = try await fixture.beat(other)
            let seen = try #require(member(other, in: report)?.counter)
            #expect(
                try await fixture.registry.writeTombstone(
                    expired(other, counter: nil, under: report.generation)
                ) == .moved
            )
            #expect(
                try await fixture.registry.writeTombstone(
                    expired(other, counter: seen + 1, under: report.generation)
                )
                    == .moved
            )
            try await fixture.beat(other)
            #expect(
                try await fixture.registry.writeTombstone(
                    expired(other, counter: seen, under: report.generation)
                ) == .moved
            )
            try await fixture.restart()
            #expect(
                try await fixture.registry.writeTombstone(
                    expired(other, counter: seen + 1, under: report.generation)
                )
                    == .moved
            )
            report = try await fixture.beat()
            #expect(member(other, in: report)?.condition == .alive)
        }
    }

    @Test(arguments: StoreFixtureKind.withoutLoop)
    func `a session without an entry gets a tombstone if it still has none`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            let generation = try await fixture.beat().generation
            #expect(
                try await fixture.registry.writeTombstone(expired(other, counter: 1, under: generation))
                    == .moved
            )
            #expect(
                try await fixture.registry.writeTombstone(expired(other, counter: nil, under: generation))
                    == .written
            )
            let heartbeat = Heartbeat(session: other, draining: false, settled: nil, card: card)
            #expect(try await fixture.registry.beat(heartbeat) == .dead)
            try await fixture.flush()
            #expect(
                try await fixture.registry.writeTombstone(expired(other, counter: nil, under: generation))
                    == .moved
            )
        }
    }

    @Test(arguments: StoreFixtureKind.withoutLoop)
    func `an unconditional tombstone is written whatever the entry says`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            try await fixture.beat(other)
            try await fixture.beat(other)
            for session in [other, other, SessionID("unseen")] {
                try await fixture.registry.writeTombstoneUnconditionally(session)
                let heartbeat = Heartbeat(session: session, draining: false, settled: nil, card: card)
                #expect(try await fixture.registry.beat(heartbeat) == .dead)
            }
        }
    }

    @Test(arguments: StoreFixtureKind.withoutLoop)
    func `an invalid entry disturbs no other session, and gets a tombstone as if there were none`(
        _ kind: StoreFixtureKind
    ) async throws {
        try await withStoreFixture(kind) { fixture in
            let generation = try await fixture.beat(other).generation
            try await fixture.malform(other)
            var report = try await fixture.beat(me)
            #expect(report.members.map(\.session) == [me])
            await #expect(throws: StoreFailure.self) { try await fixture.beat(other) }
            #expect(
                try await fixture.registry.writeTombstone(expired(other, counter: 7, under: generation))
                    == .moved
            )
            #expect(
                try await fixture.registry.writeTombstone(expired(other, counter: nil, under: generation))
                    == .written
            )
            report = try await fixture.beat(me)
            #expect(member(other, in: report)?.condition == .dead)
        }
    }

    @Test(arguments: StoreFixtureKind.withoutLoop)
    func `pruning removes old tombstones and nothing else`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            try await fixture.beat(me)
            try await fixture.registry.writeTombstoneUnconditionally(other)
            #expect(try await fixture.prune(olderThan: 3_600, keeping: 100) == 0)
            try await fixture.age(other, bySeconds: 3_602)
            #expect(try await fixture.prune(olderThan: 3_600, keeping: 100) == 1)
            let report = try await fixture.beat(me)
            #expect(report.members.map(\.session) == [me])
        }
    }

    @Test(arguments: StoreFixtureKind.withoutLoop)
    func `pruning keeps the newest of too many tombstones`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            try await fixture.beat(me)
            for number in 0..<6 {
                try await fixture.registry.writeTombstoneUnconditionally(SessionID("old-\(number)"))
            }
            // The simulation ages all that is there, the scripts' fixture each by itself.
            switch kind {
            case .simulated, .simulatedCluster: try await fixture.age(me, bySeconds: 60)
            case .redis, .loop, .cluster, .clusterLoop:
                for number in 0..<6 { try await fixture.age(SessionID("old-\(number)"), bySeconds: 60) }
            }
            for number in 0..<3 {
                try await fixture.registry.writeTombstoneUnconditionally(SessionID("a-new-\(number)"))
            }
            #expect(try await fixture.prune(olderThan: 3_600, keeping: 9) == 0)
            #expect(try await fixture.prune(olderThan: 3_600, keeping: 4) == 5)
            var report = try await fixture.beat(me)
            let expected = ["a-new-0", "a-new-1", "a-new-2", "me", "old-5"]
            #expect(report.members.map(\.session.rawValue).sorted() == expected)
            #expect(try await fixture.prune(olderThan: 3_600, keeping: 0) == 4)
            report = try await fixture.beat(me)
            #expect(report.members.map(\.session) == [me])
        }
    }
}
