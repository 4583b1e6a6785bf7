internal import CartWorkload
internal import Synchronization

/// The clients of a simulation: shoppers, then one prober a cart, then an inspector.
final class SimulatedClients: Sendable {
    private struct Count {
        var shopping = 0
        /// The carts that were not written since the faults ended.
        var missing: [Int]
        var hasInspected = false
        var unread = 0
    }

    /// Probers' client numbers begin here, above every shopper's.
    private static let firstProber: UInt32 = 1_000
    /// How long a prober waits between two tries.
    private static let probeInterval: Duration = .milliseconds(200)

    private let retryingClient: RetryingClient<SimulatedClusterClient, ClientClock>
    private let generator: WorkloadGenerator
    private let random: SplitMix64
    private let executor: SimulatedTaskExecutor
    private let count: Mutex<Count>

    init(_ simulation: Simulation) {
        let clock = ClientClock(scheduler: simulation.scheduler, clock: simulation.cluster.clock)
        let plan = simulation.scenario.plan
        retryingClient = RetryingClient(
            clusterClient: SimulatedClusterClient(slots: simulation.slots, cluster: simulation.cluster),
            clock: clock,
            history: simulation.history,
            policy: plan.retry
        )
        generator = WorkloadGenerator(plan)
        random = SplitMix64(seed: simulation.scenario.seed).fork(1)
        executor = simulation.clients
        count = Mutex(Count(missing: Array(0..<plan.carts)))
    }

    /// Sends the shoppers; each comes home when its last operation after `end` is settled.
    func startClients(until end: SimulatedTime) {
        let shoppers = 1...UInt32(generator.plan.clients)
        count.withLock { $0.shopping = shoppers.count }
        for number in shoppers {
            Task(executorPreference: executor) { [self] in
                var workloadClient = WorkloadClient(number, retryingClient, generator, random)
                await workloadClient.run(until: end.duration)
                count.withLock { $0.shopping -= 1 }
            }
        }
    }

    /// Sends a prober to each cart, which tries to change it until it has.
    func probe(until end: SimulatedTime) {
        for cart in 0..<generator.plan.carts {
            Task(executorPreference: executor) { [self] in
                await probe(cart, until: end.duration)
            }
        }
    }

    private func probe(_ cart: Int, until end: Duration) async {
        var random = random.fork(UInt64(Self.firstProber) + UInt64(cart))
        let client = Self.firstProber + UInt32(cart)
        var number: UInt32 = 0
        while retryingClient.clock.now < end {
            number += 1
            let id = OperationID(client: client, number: number)
            let name = CartName(cart, prefix: generator.plan.prefix)
            // Every second try brings a cart into being that is not there.
            let action: Action = number.isMultiple(of: 2) ? .create : .add(Article(id), quantity: 1)
            let operation = WorkloadOperation(id, name, action)
            let reply = await retryingClient.attempt(
                operation,
                at: Int.random(in: 0..<retryingClient.clusterClient.nodes, using: &random)
            )
            if case .done = reply.outcome, action != .create {
                return count.withLock { $0.missing.removeAll { $0 == cart } }
            }
            do {
                try await retryingClient.clock.sleep(for: Self.probeInterval)
            } catch {
                return
            }
        }
    }

    /// Sends an inspector to every cart.
    func inspect(until end: SimulatedTime) {
        Task(executorPreference: executor) { [self] in
            let inspector = Inspector(retryingClient, prefix: generator.plan.prefix)
            let unread = await inspector.run(until: end.duration, random)
            count.withLock { count in
                count.unread = unread
                count.hasInspected = true
            }
        }
    }

    /// Whether every shopper is done and every cart was written since the faults ended.
    var isFinished: Bool { count.withLock { $0.shopping == 0 && $0.missing.isEmpty } }

    /// The carts that were not.
    var missing: [Int] { count.withLock { $0.missing } }

    var hasInspected: Bool { count.withLock { $0.hasInspected } }

    /// How many carts did not answer the inspector.
    var unread: Int { count.withLock { $0.unread } }
}
