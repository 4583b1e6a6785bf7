import CounterActor
import Ownership
import RuntimeTesting
import Testing

@testable import ActorRuntime

/// Actors that go to the node that alone asks for them.
@Suite(.timeLimit(.minutes(1))) struct HandOverTests {
    private static let asks = HostPolicy().followAfterAsks

    /// Runs `body` while the first of some nodes owns the counter `c`, of value 0, for as long as a move needs.
    private func withOwned(
        nodes: Int = 2,
        policy: HostPolicy = HostPolicy(),
        after age: Duration = HostPolicy().followInterval,
        _ body: (_ cluster: TestCluster, _ owner: TestNode, _ other: TestNode) async throws -> Void
    ) async throws {
        try await TestCluster.with(nodes: nodes, policy: policy) { cluster async throws in
            try await cluster.nodes[0].add(0)
            await cluster.pass(age)
            try await body(cluster, cluster.nodes[0], cluster.nodes[1])
        }
    }

    /// Has a node add 1 some times.
    ///
    /// - Returns: the names of the nodes that answered.
    @discardableResult
    private func add(_ times: Int, by node: TestNode) async throws -> [String] {
        var names: [String] = []
        for _ in 0..<times { names.append(try await node.ask("c", .increment(by: 1)).node) }
        return names
    }

    @Test func `an actor goes to the node that asked for it so many times in a row, and no sooner`()
        async throws
    {
        try await withOwned { cluster, owner, other async throws in
            let before = try await add(Self.asks - 1, by: other)
            #expect(before == Array(repeating: owner.name, count: Self.asks - 1))
            #expect(cluster.record("c")?.owner == owner.directory.session.id)
            #expect(try await add(1, by: other) == [other.name])
            #expect(cluster.record("c")?.owner == other.directory.session.id)
            #expect(owner.host.liveCount == 0)
            #expect(owner.host.handOverCount == 1)
            // Its former owner knows the way.
            let claims = owner.store.faults.count(of: .claim)
            #expect(try await add(1, by: owner) == [other.name])
            #expect(owner.store.faults.count(of: .claim) == claims)
            #expect(try await other.read() == Int64(Self.asks + 1))
        }
    }

    @Test func `reads count, and the last of them is answered by the new owner`() async throws {
        try await withOwned { _, _, other async throws in
            for _ in 1..<Self.asks { _ = try await other.read() }
            #expect(try await other.ask("c", .read).node == other.name)
        }
    }

    @Test func `asks of the owner's own callers between keep it`() async throws {
        try await withOwned { _, owner, other async throws in
            for _ in 0..<3 {
                try await add(Self.asks - 1, by: other)
                _ = try await owner.read()
            }
            #expect(owner.host.handOverCount == 0)
        }
    }

    @Test func `two nodes that ask in turn move nothing`() async throws {
        try await withOwned(nodes: 3) { cluster, owner, other async throws in
            for _ in 0..<(3 * Self.asks) {
                #expect(try await add(1, by: other) == [owner.name])
                #expect(try await add(1, by: cluster.nodes[2]) == [owner.name])
            }
        }
    }

    @Test func `nothing moves where the setting is 0`() async throws {
        var policy = HostPolicy()
        policy.followAfterAsks = 0
        try await withOwned(policy: policy) { _, owner, other async throws in
            try await add(3 * Self.asks, by: other)
            #expect(owner.host.handOverCount == 0)
        }
    }

    @Test func `an owner keeps an actor for a while, and then the next ask moves it`() async throws {
        try await withOwned(after: .seconds(8)) { cluster, owner, other async throws in
            #expect(Set(try await add(2 * Self.asks, by: other)) == [owner.name])
            await cluster.pass(.seconds(2))
            #expect(try await add(1, by: other) == [other.name])
            // The new owner counts from its own claim.
            #expect(Set(try await add(2 * Self.asks, by: owner)) == [other.name])
            await cluster.pass(HostPolicy().followInterval)
            #expect(try await add(1, by: owner) == [owner.name])
        }
    }

    @Test func `what asks meanwhile is served by the new owner, whoever asks`() async throws {
        try await withOwned(nodes: 3) { cluster, owner, other async throws in
            let third = cluster.nodes[2]
            try await add(1, by: third)
            try await add(Self.asks - 1, by: other)
            let release = owner.store.faults.holdNext(.release)
            async let first = add(1, by: other)
            await release.arrived()
            async let others = withThrowingTaskGroup(of: [String].self) { group in
                for node in [other, owner, third] { group.addTask { try await add(1, by: node) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            try await cluster.until { await cluster.waiting(in: owner, for: "c") == 4 }
            release.release()
            let answered = try await first + others
            #expect(answered == Array(repeating: other.name, count: 4))
            #expect(try await third.read() == Int64(Self.asks + 4))
        }
    }

    @Test func `an ask that comes after the release and before the claim does not take the actor back`()
        async throws
    {
        try await withOwned { cluster, owner, other async throws in
            try await add(Self.asks - 1, by: other)
            // One that is on its way when the owner lets go.
            let late = other.link.faults.holdNext("\(owner.name):7170")
            async let lateNames = add(1, by: other)
            await late.arrived()
            let claim = other.store.faults.holdNext(.claim)
            async let names = add(1, by: other)
            await claim.arrived()
            #expect(cluster.record("c")?.owner == nil)
            let claims = owner.store.faults.count(of: .claim)
            late.release()
            try await cluster.until { await cluster.waiting(in: other, for: "c") == 2 }
            claim.release()
            let answered = try await names + lateNames
            #expect(answered == [other.name, other.name])
            #expect(owner.store.faults.count(of: .claim) == claims)
        }
    }

    @Test func `a release whose answers are lost moves it all the same`() async throws {
        for executed in [true, false] {
            try await withOwned { cluster, owner, other async throws in
                try await add(Self.asks - 1, by: other)
                owner.store.faults.loseNext(.release, executed: executed, times: 2)
                let names = try await cluster.whilePassing { try await add(1, by: other) }
                #expect(names == [other.name])
                #expect(owner.store.faults.count(of: .release) == 3)
                #expect(try await other.read() == Int64(Self.asks))
            }
        }
    }

    @Test func `a release that is refused or cannot leave keeps it, and it is served at once`() async throws {
        for isRefused in [true, false] {
            try await withOwned { cluster, owner, other async throws in
                try await add(Self.asks - 1, by: other)
                if isRefused {
                    owner.store.faults.refuseNext(.release)
                } else {
                    owner.store.faults.unsendNext(.release)
                }
                let before = cluster.clock.now
                #expect(try await add(Self.asks, by: other) == Array(repeating: owner.name, count: Self.asks))
                #expect(cluster.clock.now == before)
                #expect(try await add(1, by: other) == [other.name])
            }
        }
    }

    @Test func `a session that cannot claim the actor after all leaves it to whoever asks next`() async throws
    {
        try await withOwned { cluster, owner, other async throws in
            try await add(Self.asks - 1, by: other)
            let claim = other.store.faults.holdNext(.claim)
            async let lost = failure { try await add(1, by: other) }
            await claim.arrived()
            other.stop()
            try await cluster.until { !other.host.isReady }
            claim.lose()
            _ = await lost
            let names = try await cluster.whilePassing { try await add(1, by: owner) }
            #expect(names == [owner.name])
        }
    }

    @Test func `nothing moves to a node that leaves`() async throws {
        try await withOwned { cluster, owner, other async throws in
            try await other.drain { await cluster.pass(.seconds(1)) }
            #expect(Set(try await add(2 * Self.asks, by: other)) == [owner.name])
        }
    }

    @Test func `nothing moves from a node that leaves but by its drain`() async throws {
        try await withOwned { cluster, owner, other async throws in
            let release = owner.store.faults.holdNext(.release)
            async let drained = owner.drain { await cluster.pass(.seconds(1)) }
            await release.arrived()
            async let names = add(1, by: other)
            try await cluster.until { await cluster.waiting(in: owner, for: "c") == 1 }
            release.release()
            #expect(try await names == [other.name])
            #expect(try await drained == 0)
            #expect(owner.host.handOverCount == 0)
        }
    }

    @Test func `nothing moves while Redis does not answer heartbeats`() async throws {
        try await withOwned { cluster, owner, other async throws in
            owner.registry.faults.breakDown(.refused)
            await cluster.pass(.seconds(1))
            #expect(Set(try await add(2 * Self.asks, by: other)) == [owner.name])
        }
    }

    @Test func `an asker with as many live actors as it may have takes no other`() async throws {
        var policy = HostPolicy()
        policy.liveLimit = 1
        try await withOwned(policy: policy) { cluster, owner, other async throws in
            // It needs room to find out who the owner is.
            try await add(1, by: other)
            try await other.add(1, to: "its own")
            #expect(Set(try await add(2 * Self.asks, by: other)) == [owner.name])
            #expect(other.host.liveCount == 1)
        }
    }
}
