#if DEBUG
import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import Testing

/// A republish or surrender that arrives after its sender has died, or while its sender lives on.
@Suite(.timeLimit(.minutes(1))) struct LateReturnTests {
    /// Runs `body` with an owner of the counter `c` and another node.
    private func withOwner(
        policy: HostPolicy = HostPolicy(),
        _ body: (_ cluster: TestCluster, _ owner: TestNode, _ other: TestNode) async throws -> Void
    ) async throws {
        try await TestCluster.with(nodes: 2, exclusive: false, policy: policy) { cluster async throws in
            let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
            try await cluster.until { owner.host.isReady && other.host.isReady }
            try await owner.add(1)
            try await body(cluster, owner, other)
        }
    }

    /// Has what the dead owner sent arrive once a client was told that there is no counter, and expects that
    /// it comes back only where the rule against that does not hold.
    private func expectReturn(
        of held: HeldCall,
        in cluster: TestCluster,
        seenBy other: TestNode,
        without rules: [SafetyRule]
    ) async throws {
        try await cluster.until {
            other.directory.settledGeneration(at: cluster.clock.now) == cluster.redis.withStore(\.generation)
        }
        #expect(try await cluster.whilePassing { try await other.read() } == 0)
        SafetyRule.$switchedOff.withValue(rules) { held.deliverLate() }
        #expect((cluster.record("c") != nil) == !rules.isEmpty)
        #expect(try await cluster.whilePassing { try await other.read() } == (rules.isEmpty ? 0 : 1))
    }

    /// Without the rule the tests must notice.
    private static let rules: [[SafetyRule]] = [[], [.republishNamesDeadline]]

    @Test(arguments: rules)
    func `a republish that arrives after its owner has died brings nothing back`(
        without rules: [SafetyRule]
    ) async throws {
        try await withOwner { cluster, owner, other async throws in
            let held = owner.store.faults.holdNext(.republish)
            cluster.redis.withStore { $0.flush() }
            await cluster.pass(.milliseconds(1_200))
            await held.arrived()
            owner.stop()
            try await expectReturn(of: held, in: cluster, seenBy: other, without: rules)
        }
    }

    @Test(arguments: rules)
    func `a surrender that arrives after its owner has died brings nothing back`(
        without rules: [SafetyRule]
    ) async throws {
        var policy = HostPolicy()
        policy.idleTimeout = .seconds(2)
        try await withOwner(policy: policy) { cluster, owner, other async throws in
            let release = owner.store.faults.holdNext(.release)
            try await cluster.until { owner.store.faults.count(of: .release) == 1 }
            await release.arrived()
            let held = owner.store.faults.holdNext(.surrender)
            cluster.redis.withStore { $0.flush() }
            await cluster.pass(.milliseconds(1_200))
            release.release()
            await held.arrived()
            owner.stop()
            try await expectReturn(of: held, in: cluster, seenBy: other, without: rules)
        }
    }

    @Test
    func `an owner whose republish comes too late sends it again with the time of its newest heartbeat`()
        async throws
    {
        try await withOwner { cluster, owner, _ async throws in
            // The last time that the owner can name has passed at once.
            cluster.redis.stepClock(bySeconds: 3_600)
            cluster.redis.withStore { $0.forget(ActorID("c")) }
            #expect(try await cluster.whilePassing { try await owner.add(10) } == 11)
            #expect(owner.store.faults.count(of: .republish) > 1)
            #expect(owner.directory.session.mayAct(at: cluster.clock.now))
        }
    }
}
#endif
