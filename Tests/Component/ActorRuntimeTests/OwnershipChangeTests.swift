import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct OwnershipChangeTests {
    @Test func `a command that reaches another node is served by the owner`() async throws {
        try await TestCluster.with(nodes: 2) { cluster async throws in
            let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
            try await owner.add(1)
            let answer = try await other.ask("c", .increment(by: 10))
            #expect(answer.value == 11)
            #expect(answer.node == owner.name)
            #expect(other.host.liveCount == 0)
        }
    }

    @Test func `the way to an owner is remembered, so that no claim is needed for it`() async throws {
        try await TestCluster.with(nodes: 2) { cluster async throws in
            let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
            try await owner.add(1)
            try await other.add(1)
            let claims = other.store.faults.count(of: .claim)
            for _ in 0..<5 { try await other.add(1) }
            #expect(other.store.faults.count(of: .claim) == claims)
            #expect(try await owner.read() == 7)
        }
    }

    @Test func `two nodes that claim at once agree on one owner, and both callers are served`() async throws {
        try await TestCluster.with(nodes: 2) { cluster async throws in
            let (one, two) = (cluster.nodes[0], cluster.nodes[1])
            let held = [one.store.faults.holdNext(.claim), two.store.faults.holdNext(.claim)]
            async let first = one.ask("c", .increment(by: 1))
            async let second = two.ask("c", .increment(by: 10))
            for claim in held { await claim.arrived() }
            for claim in held { claim.release() }
            let (firstAnswer, secondAnswer) = try await (first, second)
            let nodes = Set([firstAnswer.node, secondAnswer.node])
            #expect(nodes.count == 1)
            #expect(try await one.read() == 11)
        }
    }

    @Test
    func `a silent owner's actors are taken over, and it neither writes nor answers when it comes back`()
        async throws
    {
        try await TestCluster.with(nodes: 2) { cluster async throws in
            let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
            try await owner.add(1)
            let stale = owner.store.faults.holdNext(.commit)
            async let lost = failure { try await owner.add(1_000) }
            await stale.arrived()
            owner.registry.faults.breakDown(.requestsLost)
            owner.link.faults.breakDown(.refused)
            other.link.faults.breakDown(.refused)
            await cluster.pass(.seconds(15))
            #expect(try await cluster.whilePassing { try await other.add(10) } == 11)
            // The owner wakes up: its commit goes out at last, and a read comes in.
            stale.release()
            let lostIs = await lost
            #expect(lostIs?.outcome == .unknown)
            let read = try await cluster.whilePassing { await failure { try await owner.read() } }
            #expect(read?.outcome == .notApplied)
            #expect(cluster.record("c")?.state?.value == 11)
            // It gets a new session, and finds the way to the new owner.
            owner.registry.faults.recover()
            owner.link.faults.recover()
            other.link.faults.recover()
            try await cluster.until { owner.host.isReady }
            let answer = try await cluster.whilePassing { try await owner.ask("c", .read) }
            #expect(answer.value == 11)
            #expect(answer.node == other.name)
        }
    }

    @Test func `reads stop at the deadline of the session, whatever else goes on`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            node.registry.faults.breakDown(.requestsLost)
            await cluster.pass(.milliseconds(3_400))
            #expect(try await node.read() == 1)
            await cluster.pass(.milliseconds(1_200))
            node.store.faults.breakDown(.requestsLost)
            let failed = try await cluster.whilePassing { await failure { try await node.read() } }
            #expect(failed?.reason == .notReady)
        }
    }

    @Test func `a node takes back what it owned under its former session without waiting for the lease`()
        async throws
    {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let former = node.directory.session.id
            node.registry.faults.breakDown(.requestsLost)
            await cluster.pass(.seconds(5))
            node.registry.faults.recover()
            try await cluster.until { node.host.isReady }
            #expect(node.directory.session.id != former)
            #expect(try await cluster.whilePassing { try await node.add(1) } == 2)
        }
    }

    @Test func `a node takes its predecessor's actors at once`() async throws {
        let predecessor = SessionID("predecessor")
        try await TestCluster.with(predecessor: predecessor) { cluster async throws in
            try await cluster.leave(41, under: predecessor)
            let before = cluster.clock.now
            #expect(try await cluster.nodes[0].add(1) == 42)
            #expect(cluster.clock.now == before)
        }
    }

    @Test func `an owner that can not be reached is not passed over before it is proved dead`() async throws {
        try await TestCluster.with(nodes: 2) { cluster async throws in
            let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
            try await owner.add(1)
            other.link.faults.breakDown(.refused)
            let failed = try await cluster.whilePassing { await failure { try await other.add(1) } }
            #expect(failed?.reason == .ownerUnreachable)
            #expect(failed?.outcome == .notApplied)
            #expect(try await owner.read() == 1)
            other.link.faults.recover()
        }
    }

    @Test func `a change whose answer is lost on the link is unknown, a read is asked again`() async throws {
        try await TestCluster.with(nodes: 2) { cluster async throws in
            let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
            try await owner.add(1)
            other.link.faults.loseNext("\(owner.name):7170", executed: true)
            let failed = await failure { try await other.add(1) }
            #expect(failed?.outcome == .unknown)
            other.link.faults.loseNext("\(owner.name):7170", executed: true)
            #expect(try await cluster.whilePassing { try await other.read() } == 2)
        }
    }

    @Test func `an ask that is meant for another session is refused`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let ask = LinkRequest(
                target: SessionID("somebody else"),
                id: ActorID("c"),
                command: try CounterCodec().encode(command: .increment(by: 1)),
                remaining: .seconds(2),
                trace: nil
            )
            #expect(await node.host.receive(ask, on: node.loop) == .notHere(owner: nil))
            #expect(try await node.read() == 1)
        }
    }

    @Test func `a command that a peer sends and nobody can decode is refused, not applied`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            let ask = LinkRequest(
                target: node.directory.session.id,
                id: ActorID("c"),
                command: [255, 255, 255],
                remaining: .seconds(2),
                trace: nil
            )
            guard case .failed(let failed) = await node.host.receive(ask, on: node.loop) else {
                Issue.record("it was not refused")
                return
            }
            #expect(failed.reason == .unreadable)
            #expect(failed.outcome == .notApplied)
        }
    }
}
