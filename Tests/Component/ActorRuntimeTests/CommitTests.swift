import CounterActor
import Ownership
import RuntimeTesting
import Synchronization
import Testing

@testable import ActorRuntime

@Suite(.timeLimit(.minutes(1))) struct CommitTests {
    @Test func `commands that queue behind a commit leave as one`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add()
            let first = try #require(cluster.sequence("c"))
            let commit = node.store.faults.holdNext(.commit)
            try await withThrowingTaskGroup(of: Int64?.self) { group in
                group.addTask { try await node.add() }
                await commit.arrived()
                for _ in 0..<20 { group.addTask { try await node.add() } }
                try await cluster.until { await cluster.waiting(in: node, for: "c") == 20 }
                #expect(node.store.faults.count(of: .commit) == 2)
                commit.release()
                var values: [Int64] = []
                for try await value in group { values.append(value ?? 0) }
                #expect(values.sorted() == [2] + Array(repeating: 22, count: 20))
            }
            #expect(node.store.faults.count(of: .commit) == 3)
            #expect(cluster.sequence("c") == first + 2)
        }
    }

    @Test func `a batch holds no more commands than its limit`() async throws {
        var policy = HostPolicy()
        policy.batchLimit = 4
        try await TestCluster.with(policy: policy) { cluster async throws in
            let node = cluster.nodes[0]
            let claim = node.store.faults.holdNext(.claim)
            try await withThrowingTaskGroup(of: Int64?.self) { group in
                for _ in 0..<10 { group.addTask { try await node.add() } }
                await claim.arrived()
                try await cluster.until { await cluster.waiting(in: node, for: "c") == 10 }
                claim.release()
                var values: [Int64] = []
                for try await value in group { values.append(value ?? 0) }
                #expect(values.sorted() == [4, 4, 4, 4, 8, 8, 8, 8, 10, 10])
            }
            #expect(node.store.faults.count(of: .commit) == 3)
        }
    }

    @Test func `a read during a commit is answered at once from what is committed`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(5)
            let commit = node.store.faults.holdNext(.commit, .afterExecution)
            async let change = node.add(1)
            await commit.arrived()
            #expect(try await node.read() == 5)
            commit.release()
            let changeIs = try await change
            #expect(changeIs == 6)
            #expect(try await node.read() == 6)
        }
    }

    @Test(arguments: [0, 1])
    func `a read of an announced version waits for its commit, from whichever node`(asker: Int) async throws {
        try await TestCluster.with(nodes: 2) { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(5)
            let first = try #require(cluster.sequence("c"))
            let commit = node.store.faults.holdNext(.commit, .afterExecution)
            async let change = node.add(1)
            await commit.arrived()
            async let read = cluster.nodes[asker].ask("c", .readAnnounced(first + 1))
            try await cluster.until { await cluster.waiting(in: node, for: "c") == 1 }
            // A read waits for nothing if it names no announced version, or one that is not in flight.
            #expect(try await node.read() == 5)
            #expect(try await node.ask("c", .readAnnounced(first)).value == 5)
            commit.release()
            _ = try await change
            let answer = try await read
            #expect(answer.value == 6)
            #expect(answer.sequence == first + 1)
            #expect(node.store.faults.count(of: .commit) == 2)
            let later = try await cluster.nodes[asker].ask("c", .readAnnounced(first + 99))
            #expect(later.sequence == first + 1)
        }
    }

    @Test func `a read that waits for a commit ends with its deadline, and the commit goes on`() async throws
    {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(5)
            let first = try #require(cluster.sequence("c"))
            let commit = node.store.faults.holdNext(.commit, .afterExecution)
            async let change = node.add(1)
            await commit.arrived()
            async let read = failure {
                try await node.ask("c", .readAnnounced(first + 1), within: .milliseconds(500))
            }
            try await cluster.until { await cluster.waiting(in: node, for: "c") == 1 }
            await cluster.pass(.seconds(1))
            let failed = await read
            #expect(failed?.reason == .deadlineExceeded)
            #expect(failed?.outcome == .notApplied)
            commit.release()
            let changed = try await change
            #expect(changed == 6)
        }
    }

    @Test func `a read that waits for a commit is answered by the copy of it that is durable`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(5)
            let first = try #require(cluster.sequence("c"))
            let commit = node.store.faults.holdNext(.commit)
            async let change = cluster.whilePassing { try await node.add(1) }
            await commit.arrived()
            async let read = node.ask("c", .readAnnounced(first + 1))
            while await cluster.waiting(in: node, for: "c") < 1 { await Task.yield() }
            commit.lose()
            let (changed, answer) = try await (change, read)
            #expect(changed == 6)
            #expect(answer.sequence == first + 1)
        }
    }

    @Test func `a rejected command is answered, and the rest of its batch is committed`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(.max)
            let first = cluster.sequence("c")
            let answer = try await node.ask("c", .increment(by: 1))
            #expect(answer.value == nil)
            #expect(answer.sequence == first)
            #expect(cluster.sequence("c") == first)
        }
    }

    @Test(arguments: [true, false])
    func `a commit without an answer is resent and applied once`(executed: Bool) async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let first = try #require(cluster.sequence("c"))
            node.store.faults.loseNext(.commit, executed: executed, times: 3)
            #expect(try await cluster.whilePassing { try await node.add(10) } == 11)
            #expect(cluster.record("c")?.state?.value == 11)
            #expect(cluster.sequence("c") == first + 1)
        }
    }

    @Test func `a copy of a commit that arrives late changes nothing`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let held = node.store.faults.holdNext(.commit)
            async let change = cluster.whilePassing { try await node.add(10) }
            await held.arrived()
            held.lose()
            let changeIs = try await change
            #expect(changeIs == 11)
            try await node.add(100)
            held.deliverLate()
            #expect(cluster.record("c")?.state?.value == 111)
            #expect(try await node.read() == 111)
        }
    }

    @Test func `a refusal by the store is told to the callers at once`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            node.store.faults.refuseNext(.commit, "OOM")
            let failed = await failure { try await node.add(1) }
            #expect(failed?.reason == .storeUnavailable)
            #expect(failed?.outcome == .notApplied)
            #expect(try await node.add(1) == 2)
        }
    }

    @Test func `a store without room takes what shrinks an actor, also from among other commands`()
        async throws
    {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(50)
            let commit = node.store.faults.holdNext(.commit)
            try await withThrowingTaskGroup(of: Int64?.self) { group in
                group.addTask { await failure { try await node.add(100) } == nil ? 100 : nil }
                await commit.arrived()
                cluster.redis.withStore { $0.isFull = true }
                for amount in [100, -10, 200, -20] as [Int64] {
                    group.addTask { await failure { try await node.add(amount) } == nil ? amount : nil }
                }
                try await cluster.until { await cluster.waiting(in: node, for: "c") == 4 }
                commit.release()
                var applied: [Int64] = []
                for try await amount in group { if let amount { applied.append(amount) } }
                #expect(applied.sorted() == [-20, -10])
            }
            #expect(try await node.read() == 20)
            #expect(cluster.record("c")?.state?.value == 20)
            let refused = await failure { try await node.add(1, to: "new") }
            #expect(refused?.outcome == .notApplied)
            #expect(refused?.detail.contains("OOM") == true)
            #expect(try await node.drain() == 0)
        }
    }

    @Test func `a refusal after a copy went unanswered does not count as not applied`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            node.store.faults.loseNext(.commit, executed: true)
            node.store.faults.refuseNext(.commit, "OOM")
            #expect(try await cluster.whilePassing { try await node.add(10) } == 11)
        }
    }

    @Test func `a commit in doubt that the store then refuses for good is looked up once`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            node.store.faults.loseNext(.commit, executed: true)
            node.store.faults.refuseNext(.commit, times: 1_000, "OOM")
            node.store.faults.loseNext(.resolve, executed: true)
            #expect(try await cluster.whilePassing { try await node.add(10) } == 11)
            #expect(node.store.faults.count(of: .commit) == 3)
            #expect(node.store.faults.count(of: .resolve) == 2)
        }
    }

    @Test
    func `a commit that may come yet is unknown to its callers, and comes never once the cart is asked for`()
        async throws
    {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let first = try #require(cluster.sequence("c"))
            let held = node.store.faults.holdNext(.commit)
            node.store.faults.refuseNext(.commit, "OOM")
            async let fate = cluster.whilePassing { await failure { try await node.add(10) } }
            await held.arrived()
            held.lose()
            let fateIs = try await fate
            #expect(fateIs?.outcome == .unknown)
            #expect(fateIs?.reason == .storeUnavailable)
            #expect(fateIs?.detail.contains("OOM") == true)
            #expect(try await cluster.whilePassing { try await node.read() } == 1)
            held.deliverLate()
            #expect(try await cluster.whilePassing { try await node.add(100) } == 101)
            #expect(cluster.sequence("c") == first + 1)
        }
    }

    @Test func `a sweep and a drain go on over a commit in doubt that the store refuses`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let session = node.directory.session
            node.store.faults.loseNext(.commit, executed: true)
            node.store.faults.refuseNext(.commit, times: 1_000, "OOM")
            async let change = cluster.whilePassing { try await node.add(10) }
            cluster.redis.withStore { $0.restart() }
            let changed = try await change
            #expect(changed == 11)
            await cluster.pass(.seconds(10))
            #expect(session.mayAct(at: cluster.clock.now))
            #expect(try await node.drain() == 0)
        }
    }

    @Test func `who waits past the deadline for a commit is told that its fate is unknown`() async throws {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            node.store.faults.breakDown(.answersLost)
            let failed = try await cluster.whilePassing { await failure { try await node.add(10) } }
            #expect(failed?.outcome == .unknown)
            #expect(failed?.reason == .storeUnavailable)
            node.store.faults.recover()
            #expect(try await cluster.whilePassing { try await node.add(100) } == 111)
        }
    }

    @Test
    func `a session that ends while a commit is on its way leaves its fate unknown, and it is there once`()
        async throws
    {
        try await TestCluster.with { cluster async throws in
            let node = cluster.nodes[0]
            try await node.add(1)
            let held = node.store.faults.holdNext(.commit, .afterExecution)
            node.registry.faults.breakDown(.requestsLost)
            async let fate = failure { try await node.add(10) }
            await held.arrived()
            await cluster.pass(.seconds(6))
            held.release()
            let fateIs = await fate
            #expect(fateIs?.outcome == .unknown)
            node.registry.faults.recover()
            #expect(try await cluster.whilePassing { try await node.add(100) } == 111)
        }
    }

    @Test func `a commit puts the end of life off when an eighth of the retention has passed`() async throws {
        let lives = Mutex<[Bool]>([])
        let wrap = { (store: InMemoryStore<CounterLogic>) -> any ActorStore<CounterLogic> in
            LifeRecordingStore(target: store) { extends in lives.withLock { $0.append(extends) } }
        }
        try await LoneHost.with(retention: .seconds(16), wrap: wrap) { lone async throws in
            for pause in [0, 1_900, 100, 0, 1_000, 2_000].map(Duration.milliseconds) {
                await lone.pass(pause)
                try await lone.beat()
                _ = try await lone.add(1)
            }
        }
        // The first is that of the activation itself.
        #expect(lives.withLock { $0 } == [false, false, false, true, false, false, true])
    }
}

/// A store that tells of each commit whether it was to put the end of life off.
private struct LifeRecordingStore: ForwardingActorStore {
    let target: any ActorStore<CounterLogic>
    let record: @Sendable (Bool) -> Void

    func commit(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID,
        change: StateChange<CounterLogic>
    ) async throws(StoreFailure) -> CommitResult {
        record(change.extendsLife)
        return try await target.commit(id, owner: owner, version: version, commit: commit, change: change)
    }
}
