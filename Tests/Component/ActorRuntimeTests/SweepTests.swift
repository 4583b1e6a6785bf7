import ActorRuntime
import CounterActor
import MetricReadings
import Ownership
import RuntimeTesting
import Testing

/// The check of everything live after a change of generation.
@Suite(.timeLimit(.minutes(1))) struct SweepTests {
    @Test func `only what differs from the store is checked by its activation`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            for number in 0..<20 { try await node.add(1, to: "c\(number)") }
            let old = cluster.redis.withStore { $0.contents }
            try await node.add(10, to: "c7")
            cluster.redis.withStore { $0.restart(with: old) }
            try await cluster.until { node.host.lastSweep != nil }
            #expect(node.host.lastSweep?.actors == 20)
            #expect(node.host.lastSweep?.differing == 1)
            #expect(node.host.counts.sweeps.count == 1)
            #expect(node.host.counts.sweptActors == 20)
            #expect(node.host.counts.differingActors == 1)
            #expect(node.directory.counts.generationChanges == 1)
            let partition = await withCheckedContinuation { continuation in
                node.host.askPartition(0) { continuation.resume(returning: $0) }
            }
            #expect(partition.live == 20)
            #expect(node.store.faults.count(of: .ownership) == 1)
            // Once to find the loss, once to see that it is made good.
            #expect(node.store.faults.count(of: .verify) == 2)
            #expect(cluster.record("c7")?.state?.value == 11)
        }
    }

    @Test func `a commit under way is not taken for what the store has`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let first = try #require(cluster.sequence("c"))
            let commit = node.store.faults.holdNext(.commit, .afterExecution)
            async let value = cluster.whilePassing { try await node.add(10) }
            await commit.arrived()
            // The store falls back to before the commit that it has just executed.
            cluster.redis.withStore { store in
                guard case .record(var record)? = store.contents.slots[ActorID("c")] else { return }
                record.version.sequence = SequenceNumber(first)
                record.state = .init(value: 1)
                store.contents.slots[ActorID("c")] = .record(record)
                store.restart()
            }
            try await cluster.until { node.store.faults.count(of: .ownership) > 0 }
            commit.release()
            let valueIs = try await value
            #expect(valueIs == 11)
            try await cluster.until { node.host.lastSweep != nil }
            #expect(node.host.lastSweep?.differing == 1)
            #expect(cluster.record("c")?.state?.value == 11)
            #expect(cluster.sequence("c") == first + 1)
        }
    }

    @Test func `a read of the owners that gets no answer is made again`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let session = node.directory.session
            node.store.faults.loseNext(.ownership, executed: true)
            node.store.faults.refuseNext(.ownership)
            node.store.faults.unsendNext(.ownership)
            cluster.redis.withStore { $0.restart() }
            await cluster.pass(.seconds(6))
            #expect(node.store.faults.count(of: .ownership) == 4)
            #expect(node.store.faults.count(of: .verify) == 0)
            #expect(session.mayAct(at: cluster.clock.now))
        }
    }

    @Test func `a newer generation takes the place of the sweep under way`() async throws {
        var policy = HostPolicy()
        policy.ownershipReadLimit = 1
        policy.ownershipReadsInFlight = 1
        try await TestCluster.with(policy: policy) { cluster async throws in
            let node = cluster.nodes[0]
            let session = node.directory.session
            for number in 0..<20 { try await node.add(1, to: "c\(number)") }
            let held = node.store.faults.holdNext(.ownership, .afterExecution)
            cluster.redis.withStore { $0.restart() }
            await cluster.pass(.milliseconds(1_200))
            await held.arrived()
            cluster.redis.withStore { $0.restart() }
            await cluster.pass(.milliseconds(1_200))
            #expect(node.store.faults.count(of: .ownership) == 1)
            held.release()
            // The sweep needs none of the clock's time, but its share of the processor.
            while node.store.faults.count(of: .ownership) < 21 { await Task.yield() }
            await cluster.pass(.seconds(6))
            #expect(session.mayAct(at: cluster.clock.now))
            // The held one, and the whole newer sweep.
            #expect(node.store.faults.count(of: .ownership) == 21)
        }
    }

    @Test func `one sweep runs at a time`() async throws {
        var policy = HostPolicy()
        policy.ownershipReadLimit = 1
        policy.ownershipReadsInFlight = 2
        try await TestCluster.with(policy: policy) { cluster async throws in
            let node = cluster.nodes[0]
            for number in 0..<20 { try await node.add(1, to: "c\(number)") }
            let held = node.store.faults.holdNext(.ownership, .afterExecution)
            cluster.redis.withStore { $0.restart() }
            await cluster.pass(.milliseconds(1_200))
            // All but the held one.
            while node.store.faults.ended(of: .ownership) < 19 { await Task.yield() }
            cluster.redis.withStore { $0.restart() }
            await cluster.pass(.milliseconds(1_200))
            #expect(node.store.faults.count(of: .ownership) == 20)
            held.release()
            while node.store.faults.count(of: .ownership) < 40 { await Task.yield() }
        }
    }

    @Test func `a sweep can check each actor by its activation`() async throws {
        var policy = HostPolicy()
        policy.ownershipReadLimit = 0
        try await TestCluster.with(policy: policy) { cluster async throws in
            let node = cluster.nodes[0]
            for number in 0..<3 { try await node.add(1, to: "c\(number)") }
            cluster.redis.withStore { $0.restart() }
            try await cluster.until { node.host.lastSweep != nil }
            #expect(node.host.lastSweep?.differing == 3)
            #expect(node.store.faults.count(of: .ownership) == 0)
            #expect(node.store.faults.count(of: .verify) == 3)
        }
    }
}
