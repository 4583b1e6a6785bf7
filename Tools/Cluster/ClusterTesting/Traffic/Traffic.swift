internal import CartClient
package import CartWorkload
internal import SeededRandom
internal import Synchronization

/// The clients of a cluster, with the history of their requests and answers.
package struct Traffic: Sendable {
    package let cluster: Cluster
    package let plan: WorkloadPlan
    package let history: History
    package let clock = RealClock()
    let generator: WorkloadGenerator
    let retryingClient: RetryingClient<GatewayClient<HTTPClusterClient>, RealClock>
    private let random: SplitMix64
    private let operations = Counter()

    /// A load that a small machine carries with ease, with enough clients for several to share a cart.
    package static var lightPlan: WorkloadPlan {
        var plan = WorkloadPlan()
        plan.carts = 24
        plan.clients = 12
        plan.pause = .milliseconds(20)
        plan.retry.ceiling = .milliseconds(250)
        return plan
    }

    /// Client number of single operations that a test sends.
    private static let singleOperations: UInt32 = 1_000_000

    init(
        in cluster: Cluster,
        plan: WorkloadPlan,
        clusterClient: GatewayClient<HTTPClusterClient>,
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

    /// Numbers the single operations.
    private final class Counter: Sendable {
        let last = Atomic<UInt32>(0)
    }

    private var nextID: OperationID {
        OperationID(
            client: Self.singleOperations,
            number: operations.last.add(1, ordering: .relaxed).newValue
        )
    }

    /// Runs all clients while `body` runs, starting `warmUp` before it.
    package func flow<Value: Sendable>(
        warmUp: Duration = .milliseconds(600),
        _ body: () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...UInt32(plan.clients) {
                var workloadClient = WorkloadClient(
                    number: number,
                    retryingClient: retryingClient,
                    generator: generator,
                    random: random
                )
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

    /// One attempt to create a cart.
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
            .add(Article(id), quantity: 8),
            on: CartName(cart, prefix: plan.prefix),
            key: keyed ? "\(id)" : nil
        )
        return await retryingClient.attempt(operation, at: node)
    }

    /// One attempt to read a cart.
    @discardableResult
    package func look(_ cart: Int, at node: Int) async -> AttemptResult {
        await attempt(.read, cart, at: node)
    }

    private func attempt(_ action: Action, _ cart: Int, at node: Int) async -> AttemptResult {
        await retryingClient.attempt(
            WorkloadOperation(nextID, action, on: CartName(cart, prefix: plan.prefix)),
            at: node
        )
    }

    /// Adds a line to a cart, whatever phase it is in, with a new operation for each attempt, until one
    /// succeeds.
    ///
    /// - Returns: how long that took, and the last reply.
    @discardableResult
    package func addEventually(_ cart: Int, at node: Int, within bound: Duration) async throws -> (
        took: Duration, reply: AttemptResult
    ) {
        var last = AttemptResult(.notApplied("not sent"))
        let name = CartName(cart, prefix: plan.prefix)
        var opening = CartOpening(name)
        let took = try await eventually(
            within: bound,
            "\(name) can be changed at node \(node): \(last.outcome)",
            every: .milliseconds(20)
        ) {
            let operation = opening.operation(nextID)
            last = await retryingClient.attempt(operation, at: node)
            return opening.conclude(operation, last)
        }
        return (took, last)
    }

    /// Waits until every cart can be changed through every one of `nodes` (default: all).
    ///
    /// - Parameter bound: time limit (default: the lease's recovery time).
    /// - Returns: how long that took.
    @discardableResult
    package func recovered(at nodes: [Int]? = nil, within bound: Duration? = nil) async throws -> Duration {
        let bound = bound ?? cluster.lease.recovery
        let began = clock.now
        let stopwatch = ContentionStopwatch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in nodes ?? Array(cluster.nodes.indices) {
                for worker in 0..<Self.width {
                    group.addTask {
                        for cart in stride(from: worker, to: plan.carts, by: Self.width) {
                            let left = max(.zero, bound - stopwatch.elapsed)
                            try await addEventually(cart, at: node, within: left)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        return clock.now - began
    }

    /// Number of carts that are changed concurrently through one node.
    private static let width = 4

    // MARK: Check

    /// Reads every cart and checks the history. All clients must have ended.
    package func checkResult(facts: [OwnershipFact] = []) async -> CheckResult {
        let inspector = Inspector(retryingClient, prefix: plan.prefix)
        _ = await inspector.run(until: clock.now + cluster.lease.recovery, random.fork(0))
        var checker = Checker()
        checker.facts = facts
        if cluster.sharesRedis { checker.stored = cluster.storedVersions(of: carts) }
        return checker.check(history)
    }
}
