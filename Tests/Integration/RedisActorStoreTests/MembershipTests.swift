import ActorRuntime
import RuntimeTesting
import Testing

@testable import Ownership

/// Every answer of heartbeats and tombstones, in both worlds.
@Suite struct MembershipTests {
    private func verdict(
        _ session: SessionID,
        _ counter: UInt64?,
        _ generation: Generation
    ) -> MembershipObserver.Verdict {
        MembershipObserver.Verdict(session: session, counter: counter, generation: generation)
    }

    private func member(_ session: SessionID, in report: HeartbeatReport) -> Member? {
        report.members.first { $0.session == session }
    }

    @Test(arguments: WorldKind.allCases)
    func `each heartbeat moves the counter by one and shows everybody`(_ kind: WorldKind) async throws {
        try await withWorld(kind) { world in
            let first = try await world.beat(me)
            let counter = try #require(member(me, in: first)?.counter)
            let second = try await world.beat(other, draining: true, settled: first.generation)
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
            let third = try await world.beat(me)
            #expect(member(me, in: third)?.counter == counter + 1)
            #expect(member(other, in: third) == draining)
        }
    }

    @Test(arguments: WorldKind.allCases)
    func `a restart keeps the data set and changes the run, a flush changes the data set`(
        _ kind: WorldKind
    ) async throws {
        try await withWorld(kind) { world in
            let first = try await world.beat().generation
            try await world.restart()
            let second = try await world.beat().generation
            #expect(second.dataSet == first.dataSet)
            #expect(second.run != first.run)
            try await world.flush()
            let third = try await world.beat().generation
            #expect(third.dataSet != second.dataSet)
            #expect(third.run == second.run)
        }
    }

    @Test(arguments: WorldKind.allCases)
    func `a silent session is buried, for good`(_ kind: WorldKind) async throws {
        try await withWorld(kind) { world in
            var report = try await world.beat(other)
            let seen = try #require(member(other, in: report))
            let generation = report.generation
            for _ in 1...2 {
                let verdict = verdict(other, seen.counter, generation)
                #expect(try await world.registry.bury(verdict) == .buried)
            }
            let heartbeat = Heartbeat(session: other, draining: false, settled: nil, card: card)
            #expect(try await world.registry.beat(heartbeat) == .dead)
            report = try await world.beat()
            #expect(member(other, in: report)?.condition == .dead)
            // Also on what is no longer true, or never was.
            #expect(try await world.registry.bury(verdict(other, 1, generation)) == .buried)
            #expect(try await world.registry.bury(verdict(other, nil, generation)) == .buried)
        }
    }

    @Test(arguments: WorldKind.allCases)
    func `a session that moved, or a generation that did, saves from the tombstone`(
        _ kind: WorldKind
    ) async throws {
        try await withWorld(kind) { world in
            var report = try await world.beat(other)
            let seen = try #require(member(other, in: report)?.counter)
            #expect(try await world.registry.bury(verdict(other, nil, report.generation)) == .moved)
            #expect(try await world.registry.bury(verdict(other, seen + 1, report.generation)) == .moved)
            try await world.beat(other)
            #expect(try await world.registry.bury(verdict(other, seen, report.generation)) == .moved)
            try await world.restart()
            #expect(try await world.registry.bury(verdict(other, seen + 1, report.generation)) == .moved)
            report = try await world.beat()
            #expect(member(other, in: report)?.condition == .alive)
        }
    }

    @Test(arguments: WorldKind.allCases)
    func `a session without an entry is buried if it still has none`(_ kind: WorldKind) async throws {
        try await withWorld(kind) { world in
            let generation = try await world.beat().generation
            #expect(try await world.registry.bury(verdict(other, 1, generation)) == .moved)
            #expect(try await world.registry.bury(verdict(other, nil, generation)) == .buried)
            let heartbeat = Heartbeat(session: other, draining: false, settled: nil, card: card)
            #expect(try await world.registry.beat(heartbeat) == .dead)
            try await world.flush()
            #expect(try await world.registry.bury(verdict(other, nil, generation)) == .moved)
        }
    }

    @Test(arguments: WorldKind.allCases)
    func `certain knowledge buries whatever the entry says`(_ kind: WorldKind) async throws {
        try await withWorld(kind) { world in
            try await world.beat(other)
            try await world.beat(other)
            for session in [other, other, SessionID("unseen")] {
                try await world.registry.buryCertainly(session)
                let heartbeat = Heartbeat(session: session, draining: false, settled: nil, card: card)
                #expect(try await world.registry.beat(heartbeat) == .dead)
            }
        }
    }

    @Test(arguments: WorldKind.allCases)
    func `an entry that is none disturbs nobody else, and can be buried as if it were not there`(
        _ kind: WorldKind
    ) async throws {
        try await withWorld(kind) { world in
            let generation = try await world.beat(other).generation
            try await world.malform(other)
            var report = try await world.beat(me)
            #expect(report.members.map(\.session) == [me])
            await #expect(throws: StoreFailure.self) { try await world.beat(other) }
            #expect(try await world.registry.bury(verdict(other, 7, generation)) == .moved)
            #expect(try await world.registry.bury(verdict(other, nil, generation)) == .buried)
            report = try await world.beat(me)
            #expect(member(other, in: report)?.condition == .dead)
        }
    }

    @Test(arguments: WorldKind.allCases)
    func `pruning removes old tombstones and nothing else`(_ kind: WorldKind) async throws {
        try await withWorld(kind) { world in
            try await world.beat(me)
            try await world.registry.buryCertainly(other)
            #expect(try await world.prune(olderThan: 3_600) == 0)
            try await world.age(other, bySeconds: 3_602)
            #expect(try await world.prune(olderThan: 3_600) == 1)
            let report = try await world.beat(me)
            #expect(report.members.map(\.session) == [me])
        }
    }
}
