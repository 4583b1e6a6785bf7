import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import Testing

/// Servers that were replaced, and answer on for those who have not noticed.
@Suite(.timeLimit(.minutes(1))) struct ReplacedServerTests {
    private let onB = "6000:x"

    /// Node 0 owns the counter at `b`, whose replica is promoted without the claim. Node 0 does not hear of that.
    private func withReplacedOwner(
        _ body: (_ cluster: ShardCluster, _ owner: ShardNode, _ other: ShardNode) async throws -> Void
    ) async throws {
        try await ShardCluster.with(nodes: 2) { cluster async throws in
            let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
            let old = try #require(cluster.servers[.b]).redis.withStore(\.contents)
            try await owner.add(1, to: onB)
            owner.reach.keep(to: .b)
            owner.reach.cut(off: .b2)
            cluster.servers.failOver(.b, to: .b2, with: old)
            try await body(cluster, owner, other)
        }
    }

    @Test func `no two nodes answer for an actor while its replaced server answers one of them`() async throws
    {
        try await withReplacedOwner { cluster, owner, other async throws in
            // It is cut off from the majority, and falls silent after NT.
            await cluster.pass(.seconds(2))
            #expect(try await owner.add(2, to: onB) == 3)
            cluster.servers.change(.b) { $0.isAnswering = false }
            await cluster.pass(.milliseconds(4_600))
            let late = try await cluster.failure(of: .read, on: onB, within: .milliseconds(100))
            #expect(late?.outcome == .notApplied)
            // The other node may claim only later; what the owner was told is lost with the end of the replication.
            #expect(other.host.liveCount == 0)
            #expect(try await cluster.add(5, to: onB, at: other) == 5)
        }
    }

    @Test func `an owner that notices in time has put back what was lost before another may claim`()
        async throws
    {
        try await withReplacedOwner { cluster, owner, other async throws in
            await cluster.pass(.seconds(2))
            #expect(try await owner.add(2, to: onB) == 3)
            cluster.servers.change(.b) { $0.isAnswering = false }
            await cluster.pass(.seconds(1))
            owner.reach.restore(.b2)
            owner.reach.forget(.b)
            await cluster.pass(.seconds(2))
            #expect(cluster.stored(onB) == 3)
            #expect(try await cluster.add(5, to: onB, at: other) == 8)
            #expect(try await owner.read(onB) == 8)
        }
    }

    @Test func `a heartbeat that a replaced server answers extends no session`() async throws {
        try await ShardCluster.with { cluster async throws in
            let session = cluster.node.directory.session.id
            cluster.servers.failOver(.a, to: .a2)
            await cluster.pass(.seconds(1))
            // Heartbeats go astray: their client does not know what the probes have told.
            cluster.node.reach.keep(to: .a)
            await cluster.pass(.seconds(6))
            #expect(!cluster.node.runtime.isReady)
            #expect(cluster.node.directory.session.id != session)
            let view = cluster.node.directory.clusterView(at: cluster.clock.now)
            #expect(view.heartbeatFailure?.reason.contains("a that answered was replaced") == true)
        }
    }
}
