import ActorRuntime
import CounterActor
import MetricReadings
import Ownership
import RuntimeTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct GenerationTests {
    @Test func `nobody claims on a Redis that is not known for longer than a lease`() async throws {
        try await TestCluster.with(nodes: 2, exclusive: false) { cluster async throws in
            let node = cluster.nodes[0]
            #expect(!node.host.isReady)
            let failed = try await cluster.whilePassing {
                await failure { try await node.ask("c", .increment(by: 1), within: .seconds(2)) }
            }
            #expect(failed?.reason == .notReady)
            #expect(failed?.outcome == .notApplied)
            #expect(cluster.record("c") == nil)
            try await cluster.until { node.host.isReady }
            #expect(try await node.add(1) == 1)
        }
    }

    @Test func `live actors serve on while a new generation is not settled, also through other nodes`()
        async throws
    {
        try await TestCluster.with(nodes: 2, exclusive: false) { cluster async throws in
            let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
            try await cluster.until { owner.host.isReady && other.host.isReady }
            try await owner.add(1)
            cluster.redis.withStore { $0.restart() }
            await cluster.pass(.milliseconds(1_500))
            #expect(other.directory.settledGeneration(at: cluster.clock.now) == nil)
            #expect(owner.host.isReady && other.host.isReady)
            #expect(try await cluster.whilePassing { try await owner.add(1) } == 2)
            let answer = try await cluster.whilePassing { try await other.ask("c", .increment(by: 1)) }
            #expect(answer.value == 3)
            #expect(answer.node == owner.name)
        }
    }

    @Test func `what Redis lost of live actors is put back by the sweep`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1, to: "a")
            try await node.add(1, to: "b")
            let first = try #require(cluster.sequence("a"))
            let old = cluster.redis.withStore { $0.contents }
            try await node.add(10, to: "a")
            try await node.add(5, to: "c")
            cluster.redis.withStore { $0.restart(with: old) }
            try await cluster.until {
                cluster.record("a")?.state?.value == 11 && cluster.record("c")?.state?.value == 5
            }
            #expect(cluster.record("b")?.state?.value == 1)
            #expect(try await cluster.whilePassing { try await node.add(100, to: "a") } == 111)
            #expect(cluster.sequence("a") == first + 2)
        }
    }

    @Test func `a flush under live actors costs nothing that was acknowledged`() async throws {
        try await TestCluster.with(nodes: 2) { cluster async throws in
            for number in 0..<20 { try await cluster.nodes[number % 2].add(Int64(number), to: "c\(number)") }
            cluster.redis.withStore { $0.flush() }
            try await cluster.until { (0..<20).allSatisfy { cluster.record("c\($0)") != nil } }
            for number in 0..<20 {
                #expect(
                    try await cluster.whilePassing { try await cluster.nodes[0].read("c\(number)") }
                        == Int64(number)
                )
            }
        }
    }

    @Test func `a single record that Redis lost is put back by the next commit`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let first = try #require(cluster.sequence("c"))
            cluster.redis.withStore { $0.forget(ActorID("c")) }
            #expect(try await node.add(10) == 11)
            #expect(cluster.record("c")?.state?.value == 11)
            #expect(cluster.sequence("c") == first + 1)
        }
    }

    @Test func `a republish whose answer is lost recognises itself`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            cluster.redis.withStore { $0.forget(ActorID("c")) }
            node.store.faults.loseNext(.republish, executed: true)
            #expect(try await cluster.whilePassing { try await node.add(10) } == 11)
            #expect(node.store.faults.count(of: .republish) == 2)
        }
    }

    @Test func `a republish that arrives after a second loss takes nothing from its owner`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let held = node.store.faults.holdNext(.republish)
            cluster.redis.withStore { $0.flush() }
            await cluster.pass(.milliseconds(1_200))
            await held.arrived()
            held.lose()
            try await cluster.until { cluster.record("c") != nil }
            #expect(try await cluster.whilePassing { try await node.add(10) } == 11)
            cluster.redis.withStore { $0.flush() }
            held.deliverLate()
            #expect(cluster.record("c") == nil)
            try await cluster.until { cluster.record("c") != nil }
            #expect(cluster.record("c")?.state?.value == 11)
            #expect(try await cluster.whilePassing { try await node.add(100) } == 111)
        }
    }

    @Test func `the lease is not extended before the sweep is through`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let session = node.directory.session
            node.store.faults.loseNext(.ownership, executed: false, times: 1_000)
            cluster.redis.withStore { $0.restart() }
            await cluster.pass(.seconds(4))
            #expect(session.mayAct(at: cluster.clock.now))
            await cluster.pass(.seconds(3))
            #expect(!session.mayAct(at: cluster.clock.now))
        }
    }

    @Test func `a claim that was granted before the loss is checked before it serves`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            let old = cluster.redis.withStore { $0.contents }
            let claim = node.store.faults.holdNext(.claim, .afterExecution)
            async let value = cluster.whilePassing { try await node.add(1) }
            await claim.arrived()
            cluster.redis.withStore { $0.restart(with: old) }
            await cluster.pass(.milliseconds(1_500))
            claim.release()
            let valueIs = try await value
            #expect(valueIs == 1)
            #expect(node.store.faults.count(of: .verify) >= 1)
            #expect(cluster.record("c")?.owner == node.directory.session.id)
        }
    }

    @Test func `a heartbeat that the replicas did not confirm does not extend the lease`() async throws {
        try await TestCluster.with { cluster async throws in
            let session = cluster.nodes[0].directory.session
            cluster.redis.withStore { $0.confirms = false }
            await cluster.pass(.seconds(6))
            #expect(!session.mayAct(at: cluster.clock.now))
        }
    }

    @Test func `a heartbeat that the replicas did not confirm counts as failed, with the usual pause`()
        async throws
    {
        try await TestCluster.with(exclusive: false) { cluster async throws in
            let directory = cluster.nodes[0].directory
            func failure() -> StoreFailure? { directory.clusterView(at: cluster.clock.now).heartbeatFailure }
            #expect(failure() == nil)
            cluster.redis.withStore { $0.confirms = false }
            // By now waiting alone would have settled the generation: that is no reason to hurry.
            await cluster.pass(.seconds(20))
            let text = "the heartbeat: no replica confirmed it in time (0 of 1)"
            #expect(failure() == .unanswered(text))
            let former = directory.counts.heartbeats(.unconfirmed).count
            await cluster.pass(.seconds(2))
            let beats = directory.counts.heartbeats(.unconfirmed).count - former
            #expect((4...11).contains(beats), "\(beats)")
            cluster.redis.withStore { $0.confirms = true }
            await cluster.pass(.seconds(1))
            #expect(failure() == nil)
        }
    }

    @Test func `a tombstone that the replicas did not confirm does not count, and is waited for anew`()
        async throws
    {
        try await TestCluster.with(nodes: 2) { cluster async throws in
            let node = cluster.nodes[0]
            let (directory, peer) = (node.directory, cluster.nodes[1].directory.session.id)
            let old = cluster.redis.withStore { $0.contents }
            cluster.nodes[1].registry.faults.breakDown(.requestsLost)
            // What the replicas did not confirm is written, and has no answer. A heartbeat that they did not confirm
            // would come before it, so that it would not be tried.
            node.registry.faults.loseNext(.writeTombstone, executed: true)
            try await cluster.until { directory.counts.tombstones(.failed) == 1 }
            #expect(directory.status(of: peer) != .dead)
            // A replica is promoted that never had the tombstone.
            cluster.redis.withStore { store in
                store.failOver(with: old)
            }
            await cluster.pass(.seconds(2))
            #expect(directory.status(of: peer) != .dead)
            #expect(node.registry.faults.count(of: .writeTombstone) == 1)
            try await cluster.until { directory.status(of: peer) == .dead }
            #expect(directory.counts.tombstones(.written) == 1)
        }
    }

    @Test func `a heartbeat that the replicas did not confirm says nothing of others, nor of the generation`()
        async throws
    {
        try await TestCluster.with(nodes: 2) { cluster async throws in
            let directory = cluster.nodes[0].directory
            let peer = cluster.nodes[1].directory.session.id
            let changes = directory.counts.generationChanges
            cluster.redis.withStore { store in
                store.confirms = false
                store.restart(with: store.contents)
                let now = SimulatedRedis<CounterLogic.State>.epochStart
                store.writeTombstoneUnconditionally(peer, at: now)
            }
            await cluster.pass(.seconds(2))
            #expect(directory.status(of: peer) != .dead)
            #expect(directory.counts.generationChanges == changes)
            cluster.redis.withStore { $0.confirms = true }
            await cluster.pass(.seconds(1))
            #expect(directory.status(of: peer) == .dead)
            #expect(directory.counts.generationChanges == changes + 1)
        }
    }
}
