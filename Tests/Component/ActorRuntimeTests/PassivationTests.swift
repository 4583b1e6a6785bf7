import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct PassivationTests {
    private func quick() -> HostPolicy {
        var policy = HostPolicy()
        policy.idleTimeout = .seconds(30)
        return policy
    }

    @Test func `an idle actor leaves memory in good order and comes back when it is asked for`() async throws
    {
        try await TestCluster.with(policy: quick()) { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(7)
            await cluster.pass(.seconds(29))
            #expect(node.host.liveCount == 1)
            try await cluster.until { node.host.liveCount == 0 }
            #expect(cluster.record("c")?.owner == nil)
            #expect(try await node.add(1) == 8)
        }
    }

    /// Whatever time it has, as a node with other settings may have written it, down to the least.
    @Test(arguments: [1, 120, 86_400])
    func `an actor with a time to live of its own is touched in time for the shortest one`(wanted: Int) {
        var policy = HostPolicy()
        policy.idleTimeout = .seconds(60)
        #expect(policy.touchInterval(nil, usual: .seconds(800)) == .seconds(100))
        let lifetime = policy.lifetime(.seconds(wanted)) ?? .zero
        let interval = policy.touchInterval(.seconds(wanted), usual: .seconds(800))
        #expect(interval == .seconds(15))
        #expect(interval + policy.idleTimeout < policy.leastLifetime && policy.leastLifetime <= lifetime)
    }

    @Test func `an actor that the store forgot begins above every version that it had`() async throws {
        try await TestCluster.with(policy: quick()) { cluster async throws in
            let node = cluster.nodes[0]
            for _ in 0..<3 { try await node.add(1) }
            let last = try #require(cluster.sequence("c"))
            try await cluster.until { node.host.liveCount == 0 }
            cluster.redis.withStore { $0.forget(ActorID("c")) }
            let answer = try await node.ask("c", .increment(by: 5))
            #expect(answer.value == 5)
            #expect(answer.sequence > last)
            #expect(cluster.sequence("c") == answer.sequence)
        }
    }

    @Test func `a read is use enough to stay`() async throws {
        try await TestCluster.with(policy: quick()) { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(7)
            await cluster.pass(.seconds(20))
            #expect(try await node.read() == 7)
            await cluster.pass(.seconds(20))
            #expect(node.host.liveCount == 1)
        }
    }

    @Test func `a message that races the passivation is served after it`() async throws {
        try await TestCluster.with(policy: quick()) { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(7)
            let release = node.store.faults.holdNext(.release, .afterExecution)
            await cluster.pass(.seconds(31))
            await release.arrived()
            async let change = node.add(1)
            async let read = node.read()
            try await cluster.until { await cluster.waiting(in: node, for: "c") == 2 }
            release.release()
            let changeIs = try await change
            #expect(changeIs == 8)
            let readIs = try await read
            #expect([7, 8].contains(readIs))
            #expect(cluster.record("c")?.owner == node.directory.session.id)
        }
    }

    @Test func `a release without an answer is resent, and memory is kept until then`() async throws {
        try await TestCluster.with(policy: quick()) { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(7)
            node.store.faults.loseNext(.release, executed: true, times: 2)
            try await cluster.until { node.host.liveCount == 0 }
            #expect(node.store.faults.count(of: .release) == 3)
            #expect(try await node.read() == 7)
        }
    }

    @Test func `a refused release frees the memory, and the actor is claimed again`() async throws {
        try await TestCluster.with(policy: quick()) { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(7)
            node.store.faults.refuseNext(.release, times: 1_000, "NOPERM")
            try await cluster.until { node.host.liveCount == 0 }
            // The first one is held until a heartbeat has confirmed the store.
            #expect(node.store.faults.count(of: .release) > 1)
            #expect(cluster.record("c")?.owner == node.directory.session.id)
            #expect(try await node.add(1) == 8)
        }
    }

    @Test func `an actor that cannot be released does not keep the others in memory`() async throws {
        try await TestCluster.with(policy: quick()) { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(7)
            let release = node.store.faults.holdNext(.release)
            await cluster.pass(.seconds(31))
            await release.arrived()
            try await node.add(1, to: "later")
            // The node hears of the release after the record shows it.
            try await cluster.until { cluster.record("later")?.owner == nil && node.host.liveCount == 1 }
            release.release()
            try await cluster.until { node.host.liveCount == 0 }
        }
    }

    @Test func `what Redis lost is put back before it is given up`() async throws {
        try await TestCluster.with(policy: quick()) { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(7)
            cluster.redis.withStore { $0.forget(ActorID("c")) }
            try await cluster.until { node.host.liveCount == 0 }
            #expect(cluster.record("c")?.state?.value == 7)
            #expect(cluster.record("c")?.owner == nil)
        }
    }

    @Test func `no more actors are live than may be, the least recently used go first, and nothing is lost`()
        async throws
    {
        var policy = HostPolicy()
        policy.liveLimit = 16
        try await TestCluster.with(policy: policy) { cluster async throws in
            let node = cluster.nodes[0]
            for number in 0..<100 {
                _ = try await cluster.whilePassing { try await node.add(Int64(number), to: "c\(number)") }
                #expect(node.host.liveCount <= 16)
                _ = try await cluster.whilePassing { try await node.read("c0") }
            }
            #expect(cluster.record("c0")?.owner != nil)
            for number in 0..<100 {
                #expect(try await cluster.whilePassing { try await node.read("c\(number)") } == Int64(number))
            }
        }
    }

    @Test func `an actor that is only read is kept from expiring`() async throws {
        var policy = HostPolicy()
        policy.idleTimeout = .seconds(100 * 86_400)
        policy.housekeepingInterval = .seconds(86_400)
        policy.lease = LeasePolicy(
            length: .seconds(20 * 86_400),
            margin: .seconds(1),
            heartbeatInterval: .seconds(86_400)
        )
        try await TestCluster.with(policy: policy) { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(7)
            await cluster.pass(.seconds(3 * 86_400))
            #expect(try await node.read() == 7)
            #expect(node.store.faults.count(of: .verify) == 0)
            await cluster.pass(.seconds(86_400))
            #expect(try await node.read() == 7)
            try await cluster.until { node.store.faults.count(of: .verify) == 1 }
        }
    }
}
