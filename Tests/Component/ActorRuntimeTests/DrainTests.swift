import CounterActor
import Ownership
import RuntimeTesting
import Testing

@testable import ActorRuntime

@Suite(.timeLimit(.minutes(1))) struct DrainTests {
    @Test func `a drained node has given everything up, and serves what still comes through another`()
        async throws
    {
        try await TestCluster.with(nodes: 2) { cluster async throws in
            let (leaving, other) = (cluster.nodes[0], cluster.nodes[1])
            for number in 0..<20 { try await leaving.add(Int64(number), to: "c\(number)") }
            let notReleased = try await leaving.drain {
                #expect(!leaving.host.isReady)
                await cluster.pass(.seconds(1))
            }
            #expect(notReleased == 0)
            for number in 0..<20 {
                #expect(cluster.record("c\(number)")?.owner == nil)
                let answer = try await leaving.ask("c\(number)", .increment(by: 1))
                #expect(answer.value == Int64(number) + 1)
                #expect(answer.node == other.name)
            }
            #expect(leaving.host.liveCount == 0)
        }
    }

    @Test func `commands under way during a drain are all served, once`() async throws {
        try await TestCluster.with(nodes: 2) { cluster async throws in
            let leaving = cluster.nodes[0]
            try await leaving.add(0)
            try await cluster.whilePassing {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let commit = leaving.store.faults.holdNext(.commit)
                    for _ in 0..<50 { group.addTask { try await leaving.add(1) } }
                    await commit.arrived()
                    await withCheckedContinuation { announced in
                        group.addTask { try await leaving.drain { announced.resume() } }
                    }
                    commit.release()
                    for _ in 0..<50 { group.addTask { try await leaving.add(1) } }
                    try await group.waitForAll()
                }
            }
            #expect(try await cluster.nodes[1].read() == 100)
        }
    }

    @Test func `a node that left is dead for the others at their next look`() async throws {
        try await TestCluster.with(nodes: 2) { cluster async throws in
            let (leaving, other) = (cluster.nodes[0], cluster.nodes[1])
            try await leaving.add(1)
            let session = leaving.directory.session.id
            try await leaving.drain()
            await leaving.runtime.leave()
            try await cluster.until { other.directory.status(of: session) == .dead }
            #expect(try await other.add(1) == 2)
        }
    }

    @Test func `a drain ends in time where an actor cannot be released`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            node.store.faults.loseNext(.release, executed: false, times: 1_000_000)
            let began = cluster.clock.now
            #expect(try await cluster.whilePassing { try await node.drain() } == 1)
            #expect(cluster.clock.now - began < .seconds(25))
        }
    }

    @Test func `a retirement whose turn comes after the deadline is not waited for`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            node.store.faults.loseNext(.release, executed: false, times: 1_000_000)
            // Its task may run that late, although it was started in time.
            for partition in node.host.partitions {
                await partition.wait { $0.retireAll(until: cluster.clock.now, done: $1) }
            }
            #expect(node.store.faults.count(of: .release) == 0)
            #expect(try await node.add(1) == 2)
        }
    }

    @Test func `a host that stops at once answers who waits, also for a commit that is on its way`()
        async throws
    {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let commit = node.store.faults.holdNext(.commit, .afterExecution)
            async let fate = failure { try await node.add(1) }
            await commit.arrived()
            node.stop()
            try await cluster.until { !node.host.isReady }
            commit.release()
            let fateIs = await fate
            #expect(fateIs?.outcome == .unknown)
        }
    }

    @Test func `releases end early enough for a last one, the servers and the tombstone, but not at once`()
        async throws
    {
        try await TestCluster.with { cluster async throws in
            let runtime = cluster.nodes[0].runtime
            let rest = HostPolicy().lease.length + .seconds(2)
            #expect(runtime.timeForReleases(of: .seconds(60), stopLimit: .zero) == .seconds(60) - rest)
            #expect(runtime.timeForReleases(of: .seconds(60), stopLimit: .seconds(5)) == .seconds(55) - rest)
            #expect(runtime.timeForReleases(of: .seconds(20), stopLimit: .seconds(5)) == .seconds(10))
        }
    }

    @Test func `a node that never joined drains and leaves without a session that others must wait for`()
        async throws
    {
        try await TestCluster.with { cluster async throws in
            let late = TestNode(
                "late",
                clock: cluster.clock,
                redis: cluster.redis,
                network: InMemoryNetwork(),
                bootstrap: BootstrapState(exclusive: false),
                policy: HostPolicy()
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await late.runtime.run { false } }
                #expect(try await late.drain() == 0)
                #expect(late.directory.isDraining)
                await late.runtime.leave()
                try await group.waitForAll()
            }
            #expect(late.registry.faults.count(of: .beat) == 0)
            #expect(late.registry.faults.count(of: .writeTombstoneUnconditionally) == 0)
        }
    }

    @Test func `a lone node that leaves says so, and nothing is applied`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            try await node.drain()
            let failed = try await cluster.whilePassing { await failure { try await node.add(1) } }
            #expect(failed?.reason == .draining)
            #expect(failed?.outcome == .notApplied)
            #expect(cluster.record("c")?.state?.value == 1)
        }
    }
}
