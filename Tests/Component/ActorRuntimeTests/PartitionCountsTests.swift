import ActorRuntime
import CounterActor
import MetricReadings
import Ownership
import RuntimeTesting
import Testing

/// What partitions count of their actors.
@Suite(.timeLimit(.minutes(1))) struct PartitionCountsTests {
    private func counts(of node: TestNode) async -> PartitionCounts {
        await withCheckedContinuation { continuation in
            node.host.askPartition(0) { continuation.resume(returning: $0) }
        }
    }

    @Test func `reads, commits, mailboxes and restores are counted`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            _ = try await node.read()
            let held = node.store.faults.holdNext(.commit, .afterExecution)
            async let first = node.add(1)
            await held.arrived()
            async let second = node.add(1)
            async let third = node.add(1)
            try await cluster.until { await cluster.waiting(in: node, for: "c") == 2 }
            held.release()
            _ = try await (first, second, third)
            let counts = await counts(of: node)
            #expect(counts.reads == 1)
            #expect(counts.commits[.committed].count == 3)
            #expect(counts.commandsPerCommit.sum == 4 && counts.commandsPerCommit.count == 3)
            #expect(counts.mailboxDepths.count == 3 && counts.mailboxDepths.sum == 4)
            #expect(counts.restored[.created].count == 1)
            #expect(counts.restores == (waiting: 0, underWay: 0, window: counts.restores.window))
            #expect(counts.restores.window > 0)
        }
    }

    @Test func `the end of each attempt at a restore is counted`() async throws {
        try await TestCluster.with(nodes: 2) { cluster async throws in
            let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
            try await owner.add(1)
            try await other.add(1)
            #expect(await counts(of: other).restored[.elsewhere].count == 1)
            owner.stop()
            // A forward that it still took would be of unknown outcome.
            other.link.faults.breakDown(.unsent)
            #expect(try await cluster.whilePassing { try await other.add(1) } == 3)
            let counts = await counts(of: other)
            #expect(counts.restored[.takenOver].count + counts.restored[.restored].count == 1)
            #expect(counts.ended[.drained] == 0)
        }
    }

    @Test func `why an actor left memory is counted`() async throws {
        var policy = HostPolicy()
        policy.idleTimeout = .seconds(30)
        try await TestCluster.with(policy: policy) { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(7)
            try await cluster.until { node.host.liveCount == 0 }
            #expect(await counts(of: node).ended[.idle] == 1)
            #expect(try await node.add(1) == 8)
            #expect(await counts(of: node).restored[.restored].count == 1)
            #expect(node.host.drainTime == .zero)
            #expect(try await node.drain() == 0)
            #expect(await counts(of: node).ended[.drained] == 1)
        }
    }

    @Test func `a commit that is fenced, and state that is written back, are counted`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            cluster.redis.withStore { $0.forget(ActorID("c")) }
            #expect(try await node.add(1) == 2)
            var counts = await counts(of: node)
            #expect(counts.commits[.lost].count == 1 && counts.republished == 1)
            cluster.redis.withStore { store in
                guard case .record(var record)? = store.contents.slots[ActorID("c")] else { return }
                record.version.epoch = Epoch(record.version.epoch.rawValue + 1)
                record.owner = nil
                store.contents.slots[ActorID("c")] = .record(record)
            }
            #expect(try await node.add(1) == 3)
            counts = await self.counts(of: node)
            #expect(counts.commits[.fenced].count == 1 && counts.ended[.fenced] == 1)
        }
    }

    @Test func `commands for a full mailbox, and restores without room, are counted`() async throws {
        var policy = HostPolicy()
        policy.mailboxLimit = 1
        policy.liveLimit = 1
        try await TestCluster.with(policy: policy) { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let held = node.store.faults.holdNext(.commit, .afterExecution)
            async let first = node.add(1)
            await held.arrived()
            async let second = node.add(1)
            try await cluster.until { await cluster.waiting(in: node, for: "c") == 1 }
            #expect(await failure { try await node.add(1) }?.reason == .overloaded)
            #expect(await counts(of: node).fullMailboxes == 1)
            held.release()
            _ = try await (first, second)
            // It waits until there is room.
            #expect(try await cluster.whilePassing { try await node.add(1, to: "d") } == 1)
            #expect(await counts(of: node).refusedRestores[.full] > 0)
            #expect(await counts(of: node).ended[.surplus] == 1)
        }
    }
}
