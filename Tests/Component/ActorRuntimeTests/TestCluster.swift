import ActorRuntime
import CounterActor
import Logging
import Ownership
import RuntimeTesting
import Synchronization
import Testing

/// Some nodes, one simulated Redis, one network, and one clock that moves only when a test says so.
struct TestCluster: Sendable {
    let clock: ManualClock
    let redis: SimulatedRedis<CounterLogic.State>
    let nodes: [TestNode]
    /// The activity of hosts that were found to wait.
    private let standstill = Standstill()

    /// Runs `body` while the nodes run.
    ///
    /// - Parameters:
    ///   - exclusive: true if the nodes may claim at once, as if Redis had settled long ago.
    ///   - leases: each node's lease, where it is not the policy's.
    ///   - tracing: what all nodes record by; nil for nothing.
    static func with(
        nodes count: Int = 1,
        exclusive: Bool = true,
        predecessor: SessionID? = nil,
        policy: HostPolicy = HostPolicy(),
        leases: [LeasePolicy] = [],
        tracing: HostTracing? = nil,
        _ body: (TestCluster) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        let redis = SimulatedRedis<CounterLogic.State>(clock: clock)
        let network = InMemoryNetwork()
        let nodes = (0..<count).map { number in
            var policy = policy
            if leases.indices.contains(number) { policy.lease = leases[number] }
            return TestNode(
                "node-\(number)",
                clock: clock,
                redis: redis,
                network: network,
                bootstrap: BootstrapState(predecessor: predecessor, exclusive: exclusive),
                policy: policy,
                tracing: tracing
            )
        }
        let cluster = TestCluster(clock: clock, redis: redis, nodes: nodes)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in nodes { group.addTask { await node.run() } }
            defer { group.cancelAll() }
            await cluster.settle()
            if exclusive { try await cluster.until { cluster.nodes.allSatisfy(\.host.isReady) } }
            // Everybody has seen everybody.
            await cluster.pass(.seconds(1))
            try await body(cluster)
        }
    }

    /// Waits until every session keeper has done what is to be done at this instant, and until the hosts have
    /// nothing under way but what waits for the test or for the clock.
    private func settle() async {
        for node in nodes { await node.keeperClock.settled() }
        await endTurns()
        // A host does not say whether its work can go on. Work goes back and forth between tasks and loops, so
        // both get their turn each time, in bounds: a yield alone would end long before a machine under load has
        // let a loop's thread run, and time would run away from the work.
        for _ in 0..<32 {
            await Task.yield()
            guard nodes.contains(where: { $0.host.busyCount > 0 }) else { return }
            await endTurns()
            if standstill.activity.withLock({ $0 }) == activity { return }
        }
        let activity = activity
        standstill.activity.withLock { $0 = activity }
    }

    /// A number that changes when a host gets on with its work.
    private var activity: Int {
        nodes.reduce(0) { $0 + $1.store.faults.activity + $1.link.faults.activity }
    }

    /// Returns once each node's loop has done what it is at, and has taken what was asked so far.
    private func endTurns() async {
        for node in nodes { _ = await node.host.waiting(ActorID("c")) }
    }

    /// Lets time pass from one sleeper's deadline to the next, each time until the session keepers sleep
    /// again.
    func pass(_ duration: Duration) async {
        let end = clock.now + duration
        await endTurns()
        while clock.now < end {
            // Never past a keeper's next turn: it says when that is before it lies down.
            let turns = nodes.compactMap(\.keeperClock.turn) + [end, clock.nextDeadline ?? end]
            clock.advance(by: max(.zero, (turns.min() ?? end) - clock.now))
            await settle()
        }
    }

    /// Lets time pass until something is so, for a minute at most.
    func until(_ condition: @Sendable () async -> Bool) async throws {
        let end = clock.now + .seconds(60)
        while await !condition() {
            try #require(clock.now < end, "it did not come about")
            await pass(.milliseconds(50))
            await Task.yield()
        }
    }

    /// Runs `body` while time passes, a little at a time.
    func whilePassing<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws
        -> Value
    {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while !Task.isCancelled {
                    await pass(.milliseconds(25))
                    await Task.yield()
                }
                return nil
            }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }

    /// The version that is stored of an actor.
    func sequence(_ id: String) -> UInt64? { record(id)?.version.sequence.rawValue }

    func record(_ id: String) -> SimulatedStore<CounterLogic.State>.Record? {
        redis.withStore { store in
            guard case .record(let record)? = store.contents.slots[ActorID(id)] else { return nil }
            return record
        }
    }
}

/// One for all copies of a cluster.
private final class Standstill: Sendable {
    let activity = Mutex<Int?>(nil)
}

extension TestCluster {
    /// Leaves a counter `c` behind that a session of some other process owns.
    func leave(_ value: Int64, under session: SessionID) async throws {
        let store = InMemoryStore<CounterLogic>(redis)
        let id = ActorID("c")
        let terms = ClaimTerms(
            mode: .create,
            session: session,
            attempt: ClaimAttempt(1),
            generation: redis.withStore { $0.generation },
            dead: []
        )
        guard case .granted(let version) = try await store.claim(id, terms).answer else {
            throw CancellationError()
        }
        let state = CounterLogic.State(value: value)
        let change = StateChange<CounterLogic>(
            before: .init(value: 0),
            after: state,
            events: [.added(value)],
            form: .empty,
            sequence: version.sequence.next
        )
        let commit = CommitID("commit")
        #expect(
            try await store.commit(id, owner: session, version: version, commit: commit, change: change)
                .answer
                == .committed
        )
    }

    /// The number of commands that wait in an actor's mailbox on a node.
    func waiting(in node: TestNode, for id: String) async -> Int {
        await node.host.waiting(ActorID(id))
    }
}
