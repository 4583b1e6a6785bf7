import ActorRuntime
import CounterActor
import MetricReadings
import Ownership
import RuntimeTesting
import Testing

/// An operator has one actor given up.
@Suite(.timeLimit(.minutes(1))) struct EvictionTests {
    @Test func `a live actor is released, and comes back when it is asked for`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(7)
            try await node.add(1, to: "other")
            let eviction = await node.host.evict(ActorID("c"), until: cluster.clock.now + .seconds(5))
            #expect(eviction == .released)
            let counts = await withCheckedContinuation { continuation in
                node.host.askPartition(0) { continuation.resume(returning: $0) }
            }
            #expect(counts.ended[.evicted] == 1)
            #expect(cluster.record("c")?.owner == nil)
            #expect(node.host.liveCount == 1)
            #expect(await node.host.evict(ActorID("c"), until: cluster.clock.now + .seconds(5)) == .notLive)
            #expect(try await node.add(1) == 8)
        }
    }

    @Test func `whoever waits for it is served first`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(7)
            let commit = node.store.faults.holdNext(.commit)
            async let change = node.add(1)
            await commit.arrived()
            async let eviction = node.host.evict(ActorID("c"), until: cluster.clock.now + .seconds(5))
            commit.release()
            let (changeIs, evictionIs) = (try await change, await eviction)
            #expect(changeIs == 8 && evictionIs == .released)
            #expect(cluster.record("c")?.state?.value == 8)
        }
    }

    @Test func `an actor that cannot be released in time is said to be so, and released later`() async throws
    {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(7)
            let release = node.store.faults.holdNext(.release)
            let until = cluster.clock.now + .seconds(5)
            let eviction = try await cluster.whilePassing {
                await node.host.evict(ActorID("c"), until: until)
            }
            #expect(eviction == .unfinished)
            #expect(node.host.liveCount == 1)
            release.release()
            try await cluster.until { node.host.liveCount == 0 }
            #expect(cluster.record("c")?.owner == nil)
        }
    }
}
