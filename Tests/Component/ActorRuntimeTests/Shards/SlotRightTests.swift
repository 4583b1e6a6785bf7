import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import Testing

/// Live actors of a store with many servers: their rights, and what becomes of them when servers change.
@Suite(.timeLimit(.minutes(1))) struct SlotRightTests {
    /// Counters on the servers `b` and `c`.
    private let onB = "6000:x"
    private let onC = "12000:x"

    @Test func `a node serves the actors of every server`() async throws {
        try await ShardCluster.with { cluster async throws in
            for id in ["7:x", onB, onC] {
                #expect(try await cluster.node.add(3, to: id) == 3)
                #expect(try await cluster.node.add(2, to: id) == 5)
                #expect(try await cluster.node.read(id) == 5)
                #expect(cluster.stored(id) == 5)
            }
        }
    }

    @Test func `actors are live for as long as their servers answer`() async throws {
        try await ShardCluster.with { cluster async throws in
            try await cluster.node.add(1, to: onB)
            await cluster.pass(.seconds(60))
            #expect(try await cluster.node.read(onB) == 1)
            #expect(cluster.node.store.faults.count(of: .claim) == 1)
        }
    }

    @Test func `a live actor goes on through a fail-over, and what the replica lacks is put back`()
        async throws
    {
        try await ShardCluster.with { cluster async throws in
            try await cluster.node.add(1, to: onB)
            let old = try #require(cluster.servers[.b]).redis.withStore(\.contents)
            try await cluster.node.add(2, to: onB)
            cluster.servers.failOver(.b, to: .b2, with: old)
            #expect(cluster.stored(onB) == 1)
            #expect(try await cluster.node.read(onB) == 3)
            await cluster.pass(.seconds(2))
            #expect(cluster.stored(onB) == 3)
            #expect(try await cluster.node.add(4, to: onB) == 7)
            await cluster.pass(.seconds(20))
            #expect(try await cluster.node.read(onB) == 7)
            #expect(cluster.node.store.faults.count(of: .claim) == 1)
            #expect(cluster.node.store.faults.count(of: .reclaim) == 0)
        }
    }

    @Test func `while an actor's server is silent for longer than a right nothing of it is answered`()
        async throws
    {
        try await ShardCluster.with { cluster async throws in
            try await cluster.node.add(1, to: onB)
            try await cluster.node.add(1, to: onC)
            cluster.node.reach.cut(off: .b)
            await cluster.pass(.seconds(3))
            #expect(try await cluster.node.read(onB) == 1)
            await cluster.pass(.seconds(2))
            let failure = try await cluster.failure(of: .read, on: onB, within: .seconds(1))
            #expect(failure?.outcome == .notApplied)
            #expect(failure?.reason == .storeUnavailable)
            #expect(failure?.detail.contains("its server b does not answer") == true)
            // Elsewhere nothing has happened.
            #expect(try await cluster.node.read(onC) == 1)
            #expect(cluster.node.runtime.isReady)
        }
    }

    @Test func `the actor comes back by a claim once the server answers again`() async throws {
        try await ShardCluster.with { cluster async throws in
            try await cluster.node.add(1, to: onB)
            cluster.node.reach.cut(off: .b)
            await cluster.pass(.seconds(6))
            cluster.node.reach.restore(.b)
            #expect(try await cluster.add(2, to: onB) == 3)
            #expect(cluster.node.store.faults.count(of: .reclaim) == 1)
            #expect(cluster.stored(onB) == 3)
        }
    }

    @Test func `the copy of a lapsed actor brings back what a fail-over lost, though nobody asks`()
        async throws
    {
        try await ShardCluster.with { cluster async throws in
            try await cluster.node.add(1, to: onB)
            let old = try #require(cluster.servers[.b]).redis.withStore(\.contents)
            try await cluster.node.add(2, to: onB)
            cluster.node.reach.cut(off: .b)
            cluster.servers.failOver(.b, to: .b2, with: old)
            cluster.node.reach.cut(off: .b2)
            await cluster.pass(.seconds(6))
            cluster.node.reach.restore(.b2)
            await cluster.pass(.seconds(14))
            #expect(cluster.stored(onB) == 1)
            try await cluster.until { cluster.stored("6000:x") == 3 }
            #expect(try await cluster.read(onB) == 3)
        }
    }

    @Test func `whoever waits for a commit hears that nobody knows when the right passes`() async throws {
        try await ShardCluster.with { cluster async throws in
            try await cluster.node.add(1, to: onB)
            let held = cluster.node.store.faults.holdNext(.commit)
            async let outcome = failure { [onB] in try await cluster.node.add(2, to: onB) }
            await held.arrived()
            cluster.node.reach.cut(off: .b)
            await cluster.pass(.seconds(5))
            #expect(await outcome?.outcome == .unknown)
            held.release()
            await cluster.pass(.milliseconds(100))
            cluster.node.reach.restore(.b)
            let value = try await cluster.read(onB)
            #expect(value == 1)
        }
    }

    @Test func `a live actor goes on while its slot moves, and cold ones are claimed by the quick path`()
        async throws
    {
        try await ShardCluster.with { cluster async throws in
            try await cluster.node.add(1, to: onB)
            cluster.servers.move(SlotSet([6_000...6_001]), to: .c)
            await cluster.pass(.seconds(2))
            #expect(try await cluster.node.add(2, to: onB) == 3)
            #expect(cluster.servers.server(of: StoreSlot(6_000)) == .c)
            #expect(cluster.stored(onB) == 3)
            #expect(cluster.node.store.faults.count(of: .reclaim) == 0)
            // Well before G has passed.
            #expect(try await cluster.node.add(5, to: "6001:y") == 5)
            #expect(try await cluster.node.add(5, to: "12001:y") == 5)
        }
    }

    @Test func `a release waits until it is known where a claim would go`() async throws {
        try await ShardCluster.with { cluster async throws in
            try await cluster.node.add(1, to: onB)
            let held = cluster.node.store.faults.holdNext(.release)
            async let end = cluster.node.host.evict(ActorID(onB), until: cluster.clock.now + .seconds(30))
            await held.arrived()
            // It names the facts of `b`, which `c` refuses.
            cluster.servers.move(SlotSet([6_000...6_001]), to: .c)
            held.release()
            try await cluster.until { cluster.node.host.liveCount == 0 }
            #expect(await end == .released)
            #expect(cluster.node.store.faults.count(of: .release) > 1)
        }
    }

    @Test func `nothing is claimed on a promoted server before G has passed`() async throws {
        try await ShardCluster.with { cluster async throws in
            cluster.servers.failOver(.b, to: .b2)
            await cluster.pass(.seconds(2))
            let failure = try await cluster.failure(of: .increment(by: 1), on: onB, within: .seconds(5))
            #expect(failure?.reason == .notReady)
            #expect(failure?.detail.contains("b2 is new") == true)
            #expect(try await cluster.node.add(1, to: onC) == 1)
            await cluster.pass(.seconds(9))
            #expect(try await cluster.add(1, to: onB) == 1)
        }
    }

    @Test func `nothing is claimed in a slot that was left half open`() async throws {
        try await ShardCluster.with { cluster async throws in
            cluster.servers.change(.c) { $0.importing = [StoreSlot(6_000): .b] }
            await cluster.pass(.seconds(2))
            let failure = try await cluster.failure(of: .increment(by: 1), on: onB, within: .seconds(1))
            #expect(failure?.detail.contains("slot 6000 was left half open") == true)
            #expect(try await cluster.node.add(1, to: "6001:x") == 1)
            cluster.servers.change(.c) { $0.importing = [:] }
            await cluster.pass(.seconds(2))
            #expect(try await cluster.node.add(1, to: onB) == 1)
        }
    }
}
