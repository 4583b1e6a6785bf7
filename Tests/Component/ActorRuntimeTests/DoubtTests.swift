import CounterActor
import Ownership
import RuntimeTesting
import Testing

@testable import ActorRuntime

/// Commits of which nobody could say what became, and refusals of which nobody could say what they meant.
@Suite(.timeLimit(.minutes(1))) struct DoubtTests {
    private let id = ActorID("c")

    /// Overwrites the actor's key while a copy of a commit of 10 is on its way, and returns that copy.
    ///
    /// The counter is at 1, and its owner says that nobody knows of the 10.
    private func doubt(in cluster: TestCluster) async throws -> HeldCall {
        let node = cluster.nodes[0]
        let held = node.store.faults.holdNext(.commit)
        async let fate = cluster.whilePassing { await failure { try await node.add(10) } }
        await held.arrived()
        cluster.redis.withStore { $0.contents.slots[id] = .unreadable("a list") }
        held.lose()
        let fateIs = try await fate
        #expect(fateIs?.outcome == .unknown && fateIs?.reason == .unreadable)
        return held
    }

    @Test func `a commit in doubt is never taken for the one after it`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let old = cluster.redis.withStore { $0.contents }
            let first = try #require(cluster.record("c"))
            let copy = try await doubt(in: cluster)
            // Nobody can say more, and nothing is given up.
            let refused = try await cluster.whilePassing { await failure { try await node.add(5) } }
            #expect(refused?.outcome == .notApplied && refused?.reason == .unreadable)
            #expect(try await node.read() == 1)
            // What was there comes back, a change is made on it, and is lost again.
            cluster.redis.withStore { $0.contents.slots[id] = old.slots[id] }
            #expect(try await cluster.whilePassing { try await node.add(100) } == 101)
            #expect(try #require(cluster.record("c")).version.epoch > first.version.epoch)
            cluster.redis.withStore { $0.restart(with: old) }
            copy.deliverLate()
            await cluster.pass(.seconds(10))
            #expect(try await cluster.whilePassing { try await node.read() } == 101)
            #expect(cluster.record("c")?.state?.value == 101)
        }
    }

    @Test func `what Redis lost after a commit in doubt is put back before the next`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let first = try #require(cluster.record("c"))
            let copy = try await doubt(in: cluster)
            cluster.redis.withStore { $0.forget(id) }
            #expect(try await cluster.whilePassing { try await node.add(100) } == 101)
            #expect(try #require(cluster.record("c")).version.epoch > first.version.epoch)
            copy.deliverLate()
            #expect(cluster.record("c")?.state?.value == 101)
        }
    }

    @Test func `whoever is overdue while the look-up could not be sent is answered, and the node goes on`()
        async throws
    {
        try await LoneHost.with { lone async throws in
            let held = lone.store.faults.holdNext(.commit)
            async let fate = failure { _ = try await lone.add(10) }
            await held.arrived()
            lone.redis.withStore { $0.contents.slots[id] = .unreadable("a list") }
            held.lose()
            await lone.clock.sleepers(atLeast: 1)
            await lone.pass(.seconds(1))
            #expect(await fate?.outcome == .unknown)
            lone.store.faults.unsendNext(.resolve)
            async let next = failure { _ = try await lone.add(5, within: .seconds(1)) }
            await lone.clock.sleepers(atLeast: 1)
            let late = lone.clock.now + .seconds(2)
            _ = await lone.activation { $0.expireCallers(at: late) }
            #expect(await next?.outcome == .notApplied)
            await lone.pass(.seconds(2))
            #expect(await lone.activation { $0.machine.committed != nil } == true)
        }
    }

    @Test func `who waits behind a commit in doubt is answered in time, and not applied`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let old = cluster.redis.withStore { $0.contents.slots[id] }
            _ = try await doubt(in: cluster)
            cluster.redis.withStore { $0.contents.slots[id] = old }
            let look = node.store.faults.holdNext(.resolve)
            async let fate = failure { _ = try await node.ask("c", .increment(by: 5), within: .seconds(1)) }
            await look.arrived()
            await cluster.pass(.seconds(2))
            look.release()
            let fateIs = await fate
            #expect(fateIs?.outcome == .notApplied)
            #expect(try await cluster.whilePassing { try await node.add(100) } == 101)
        }
    }

    @Test func `a refusal right after a restart of Redis does not give up what is in memory alone`()
        async throws
    {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            node.store.faults.loseNext(.commit, executed: false)
            node.store.faults.refuseNext(.commit, "NOPERM")
            let look = node.store.faults.holdNext(.resolve)
            node.store.faults.refuseNext(.resolve, "NOPERM")
            async let sum = cluster.whilePassing { try await node.add(10) }
            await look.arrived()
            // The next look is sooner than the next heartbeat.
            cluster.redis.withStore {
                $0.flush()
                $0.restart()
            }
            look.lose()
            let sumIs = try await sum
            #expect(sumIs == 11)
            #expect(node.store.faults.count(of: .resolve) > 2)
        }
    }
}
