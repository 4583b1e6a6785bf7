import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct RestoreTests {
    @Test func `a command that creates makes the actor live and durable`() async throws {
        try await TestCluster.with { cluster async throws in
            let answer = try await cluster.nodes[0].ask("c", .increment(by: 3))
            #expect(answer.value == 3)
            #expect(answer.sequence == cluster.sequence("c"))
            #expect(answer.node == "node-0")
            #expect(cluster.record("c")?.state?.value == 3)
            #expect(cluster.sequence("c") == cluster.record("c")?.version.epoch.rawValue)
        }
    }

    @Test func `asking for what does not exist creates nothing`() async throws {
        try await TestCluster.with { cluster async throws in
            let answer = try await cluster.nodes[0].ask("c", .read)
            #expect(answer.value == 0)
            #expect(answer.sequence == 0)
            #expect(cluster.record("c") == nil)
            #expect(cluster.nodes[0].host.liveCount == 0)
        }
    }

    @Test func `who asks after the store was asked is not told of its older answer`() async throws {
        try await TestCluster.with(nodes: 2) { cluster async throws in
            let (one, two) = (cluster.nodes[0], cluster.nodes[1])
            let look = one.store.faults.holdNext(.claim, .afterExecution)
            async let early = one.read()
            await look.arrived()
            try await two.add(7)
            async let late = one.read()
            try await cluster.until { await cluster.waiting(in: one, for: "c") == 2 }
            look.release()
            let (earlyIs, lateIs) = try await (early, late)
            #expect(earlyIs == 0)
            #expect(lateIs == 7)
        }
    }

    @Test
    func
        `an actor that was taken and never written is given back, so that it can not vanish under its owner`()
        async throws
    {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            node.store.faults.refuseNext(.commit, "OOM")
            let failed = await failure { try await node.add() }
            #expect(failed?.outcome == .notApplied)
            try await cluster.until { node.host.liveCount == 0 }
            #expect(cluster.record("c") == nil)
            #expect(try await node.add() == 1)
        }
    }

    @Test func `concurrent callers share one restore and are served in one commit`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            let claim = node.store.faults.holdNext(.claim)
            try await withThrowingTaskGroup(of: Int64?.self) { group in
                for _ in 0..<10 { group.addTask { try await node.add() } }
                await claim.arrived()
                try await cluster.until { await cluster.waiting(in: node, for: "c") == 10 }
                claim.release()
                for try await value in group { #expect(value == 10) }
            }
            #expect(node.store.faults.count(of: .claim) == 1)
            #expect(node.store.faults.count(of: .commit) == 1)
            #expect(cluster.sequence("c") == cluster.record("c")?.version.epoch.rawValue)
        }
    }

    @Test func `a restore of one actor holds up no other`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            let claim = node.store.faults.holdNext(.claim)
            async let slow = node.add(to: "slow")
            await claim.arrived()
            #expect(try await node.add(to: "quick") == 1)
            claim.release()
            let slowIs = try await slow
            #expect(slowIs == 1)
        }
    }

    @Test func `no more restores are under way than there are places`() async throws {
        var policy = HostPolicy()
        policy.restoreLimit = 2
        try await TestCluster.with(policy: policy) { cluster async throws in
            let node = cluster.nodes[0]
            let held = [node.store.faults.holdNext(.claim), node.store.faults.holdNext(.claim)]
            try await withThrowingTaskGroup(of: Int64?.self) { group in
                for number in 0..<5 { group.addTask { try await node.add(to: "c\(number)") } }
                for claim in held { await claim.arrived() }
                try await cluster.until { node.host.liveCount == 5 }
                #expect(node.store.faults.count(of: .claim) == 2)
                for claim in held { claim.release() }
                for try await value in group { #expect(value == 1) }
            }
            #expect(node.store.faults.count(of: .claim) == 5)
        }
    }

    @Test func `nothing is restored for callers whose time ran out before there was a place`() async throws {
        var policy = HostPolicy()
        policy.restoreLimit = 1
        try await TestCluster.with(policy: policy) { cluster async throws in
            let node = cluster.nodes[0]
            let held = node.store.faults.holdNext(.claim)
            async let first = failure { try await node.add(to: "first") }
            await held.arrived()
            let late = try await cluster.whilePassing { await failure { try await node.add(to: "late") } }
            #expect(late?.reason == .deadlineExceeded)
            #expect(late?.outcome == .notApplied)
            #expect(await first?.outcome == .notApplied)
            held.release()
            try await cluster.until { node.host.busyCount == 0 }
            #expect(node.store.faults.count(of: .claim) == 1)
            #expect(try await node.add(to: "late") == 1)
        }
    }

    @Test func `a restore that gets no answer is tried again while somebody waits`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            node.store.faults.loseNext(.claim, executed: true, times: 2)
            #expect(try await cluster.whilePassing { try await node.add() } == 1)
            #expect(node.store.faults.count(of: .claim) == 3)
        }
    }

    @Test func `a store that does not answer is never taken for an actor that does not exist`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(7)
            node.store.faults.breakDown(.answersLost)
            let failed = try await cluster.whilePassing { await failure { try await node.read("other") } }
            #expect(failed?.reason == .storeUnavailable)
            #expect(failed?.outcome == .notApplied)
            #expect(failed?.id == ActorID("other"))
            node.store.faults.recover()
        }
    }

    @Test func `what can not be read is answered with the actor's name and left as it is`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            cluster.redis.withStore { $0.contents.slots[ActorID("c")] = .unreadable("a list") }
            for command in [CounterLogic.Command.read, .increment(by: 1)] {
                let failed = await failure { try await node.ask("c", command) }
                #expect(failed?.reason == .unreadable)
                #expect(failed?.outcome == .notApplied)
                #expect(failed?.id == ActorID("c"))
            }
            let isUntouched = cluster.redis.withStore { store in
                if case .unreadable = store.contents.slots[ActorID("c")] { true } else { false }
            }
            #expect(isUntouched)
            #expect(try await node.add(to: "other") == 1)
        }
    }

    @Test func `a mailbox that is full says so at once, and nothing of it is applied`() async throws {
        var policy = HostPolicy()
        policy.mailboxLimit = 3
        try await TestCluster.with(policy: policy) { cluster async throws in
            let node = cluster.nodes[0]
            let claim = node.store.faults.holdNext(.claim)
            try await withThrowingTaskGroup(of: Int64?.self) { group in
                for _ in 0..<3 { group.addTask { try await node.add() } }
                await claim.arrived()
                try await cluster.until { await cluster.waiting(in: node, for: "c") == 3 }
                let failed = await failure { try await node.add() }
                #expect(failed?.reason == .overloaded)
                #expect(failed?.outcome == .notApplied)
                claim.release()
                for try await value in group { #expect(value == 3) }
            }
        }
    }

    @Test func `who waits past the deadline is told that nothing was applied`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            let claim = node.store.faults.holdNext(.claim)
            let failed = try await cluster.whilePassing { await failure { try await node.add() } }
            #expect(failed?.reason == .deadlineExceeded)
            #expect(failed?.outcome == .notApplied)
            claim.release()
            // The actor that was created for nobody is not left behind.
            try await cluster.until { node.host.liveCount == 0 }
            #expect(cluster.record("c") == nil)
        }
    }
}
