internal import CartClient
package import CartWorkload
internal import SeededRandom
internal import Synchronization

/// Customers at work in a cluster, and everything that they were told.
package struct Traffic: Sendable {
    package let cluster: Cluster
    package let plan: WorkloadPlan
    package let history: History
    package let clock = RealClock()
    let generator: WorkloadGenerator
    let retryingClient: RetryingClient<GatewayClient<HTTPClusterClient>, RealClock>
    private let random: SplitMix64
    private let operations = Counter()

    /// What a small cluster on a small machine does with ease, with enough clients for several to meet at one cart.
    package static var lightPlan: WorkloadPlan {
        var plan = WorkloadPlan()
        plan.carts = 24
        plan.clients = 12
        plan.pause = .milliseconds(20)
        plan.retry.ceiling = .milliseconds(250)
        return plan
    }

    /// The client number of whoever is sent by a test, rather than going shopping.
    private static let visitor: UInt32 = 1_000_000

    init(
        _ cluster: Cluster,
        _ plan: WorkloadPlan,
        _ clusterClient: GatewayClient<HTTPClusterClient>,
        seed: UInt64
    ) {
        self.cluster = cluster
        self.plan = plan
        history = History(carts: plan.carts)
        generator = WorkloadGenerator(plan)
        retryingClient = RetryingClient(
            clusterClient: clusterClient,
            clock: clock,
            history: history,
            policy: plan.retry
        )
        random = SplitMix64(seed: seed)
    }

    /// Numbers for operations of no customer.
    private final class Counter: Sendable {
        let last = Atomic<UInt32>(0)
    }

    private var nextID: OperationID {
        OperationID(client: Self.visitor, number: operations.last.add(1, ordering: .relaxed).newValue)
    }

    /// Has all customers go shopping while `body` runs, and a little while before it.
    package func flow<Value: Sendable>(
        warmUp: Duration = .milliseconds(600),
        _ body: () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...UInt32(plan.clients) {
                var workloadClient = WorkloadClient(number, retryingClient, generator, random)
                group.addTask { await workloadClient.run(until: .seconds(86_400)) }
            }
            try await clock.sleep(for: warmUp)
            let value = try await body()
            group.cancelAll()
            return value
        }
    }

    /// All carts.
    package var carts: [CartName] { (0..<plan.carts).map { CartName($0, prefix: plan.prefix) } }

    // MARK: Single operations

    /// One attempt to bring a cart into being.
    @discardableResult
    package func create(_ cart: Int, at node: Int) async -> AttemptResult {
        await attempt(.create, cart, at: node)
    }

    /// One attempt to add a line to a cart.
    @discardableResult
    package func add(_ cart: Int, at node: Int, keyed: Bool = false) async -> AttemptResult {
        let id = nextID
        let operation = WorkloadOperation(
            id,
            CartName(cart, prefix: plan.prefix),
            .add(Article(id), quantity: 1),
            key: keyed ? "\(id)" : nil
        )
        return await retryingClient.attempt(operation, at: node)
    }

    /// One attempt to look into a cart.
    @discardableResult
    package func look(_ cart: Int, at node: Int) async -> AttemptResult {
        await attempt(.read, cart, at: node)
    }

    private func attempt(_ action: Action, _ cart: Int, at node: Int) async -> AttemptResult {
        await retryingClient.attempt(
            WorkloadOperation(nextID, CartName(cart, prefix: plan.prefix), action),
            at: node
        )
    }

    /// Adds to a cart, by one new operation after the other, until that succeeds; answers how long it took and the last reply.
    @discardableResult
    package func addEventually(_ cart: Int, at node: Int, within bound: Duration) async throws -> (
        took: Duration, reply: AttemptResult
    ) {
        var last = AttemptResult(.notApplied("not sent"))
        let name = CartName(cart, prefix: plan.prefix)
        let took = try await eventually(
            within: bound,
            "\(name) can be changed at node \(node): \(last.outcome)",
            every: .milliseconds(20)
        ) {
            last = await add(cart, at: node)
            if case .rejected(.cartMissing) = last.outcome { await create(cart, at: node) }
            if case .done = last.outcome { return true }
            return false
        }
        return (took, last)
    }

    /// Waits until every cart can be changed through every one of some nodes, and answers how long that took.
    @discardableResult
    package func recovered(at nodes: [Int]? = nil, within bound: Duration? = nil) async throws -> Duration {
        let bound = bound ?? cluster.lease.recovery
        let began = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in nodes ?? Array(cluster.nodes.indices) {
                for lane in 0..<Self.width {
                    group.addTask {
                        for cart in stride(from: lane, to: plan.carts, by: Self.width) {
                            let left = max(.zero, bound - (clock.now - began))
                            try await addEventually(cart, at: node, within: left)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        return clock.now - began
    }

    /// How many carts are looked after at once.
    private static let width = 4

    // MARK: The end

    /// Looks into every cart, and says what the history proves. No customer may be at work any more.
    package func checkResult(facts: [OwnershipFact] = []) async -> CheckResult {
        let inspector = Inspector(retryingClient, prefix: plan.prefix)
        _ = await inspector.run(until: clock.now + cluster.lease.recovery, random.fork(0))
        var checker = Checker()
        checker.facts = facts
        if cluster.sharesRedis { checker.stored = cluster.storedVersions(of: carts) }
        return checker.check(history)
    }
}
