internal import CartWorkload
internal import SeededRandom
internal import Synchronization

/// The clients of a simulation: workload clients, then one prober per cart, then an inspector.
final class SimulatedClients: Sendable {
    private struct Progress {
        /// Number of workload clients that still run.
        var running = 0
        /// Carts that were not written since the faults ended.
        var missing: [Int]
        var hasInspected = false
        var unread = 0
    }

    /// Client number of the first prober, above those of all workload clients.
    private static let firstProber: UInt32 = 1_000
    /// Interval between two attempts of a prober.
    private static let probeInterval: Duration = .milliseconds(200)

    private let retryingClient: RetryingClient<SimulatedClusterClient, ClientClock>
    private let generator: WorkloadGenerator
    private let random: SplitMix64
    private let executor: SimulatedTaskExecutor
    private let progress: Mutex<Progress>

    init(_ simulation: Simulation) {
        let clock = ClientClock(scheduler: simulation.scheduler, clock: simulation.cluster.clock)
        let plan = simulation.scenario.plan
        retryingClient = RetryingClient(
            clusterClient: SimulatedClusterClient(
                slots: simulation.slots,
                cluster: simulation.cluster,
                gateway: SimulatedGateway(
                    shift: simulation.scenario.following?.shift,
                    scheduler: simulation.scheduler
                )
            ),
            clock: clock,
            history: simulation.history,
            policy: plan.retry
        )
        generator = WorkloadGenerator(plan)
        random = SplitMix64(seed: simulation.scenario.seed).fork(1)
        executor = simulation.clients
        progress = Mutex(Progress(missing: Array(0..<plan.carts)))
    }

    /// Starts the workload clients. Each ends when the operation that it began before `end` is settled.
    func startClients(until end: SimulatedTime) {
        let numbers = 1...UInt32(generator.plan.clients)
        progress.withLock { $0.running = numbers.count }
        for number in numbers {
            Task(executorPreference: executor) { [self] in
                var workloadClient = WorkloadClient(
                    number: number,
                    retryingClient: retryingClient,
                    generator: generator,
                    random: random
                )
                await workloadClient.run(until: end.duration)
                progress.withLock { $0.running -= 1 }
            }
        }
    }

    /// Starts a prober for each cart, which tries to change it until it succeeds.
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
        var opening = CartOpening(CartName(cart, prefix: generator.plan.prefix))
        while retryingClient.clock.now < end {
            number += 1
            let operation = opening.operation(OperationID(client: client, number: number))
            let reply = await retryingClient.attempt(
                operation,
                at: Int.random(in: 0..<retryingClient.clusterClient.nodes, using: &random)
            )
            if opening.conclude(operation, reply) {
                return progress.withLock { $0.missing.removeAll { $0 == cart } }
            }
            do {
                try await retryingClient.clock.sleep(for: Self.probeInterval)
            } catch {
                return
            }
        }
    }

    /// Starts an inspector, which reads every cart.
    func inspect(until end: SimulatedTime) {
        Task(executorPreference: executor) { [self] in
            let inspector = Inspector(retryingClient, prefix: generator.plan.prefix)
            let unread = await inspector.run(until: end.duration, random)
            progress.withLock { progress in
                progress.unread = unread
                progress.hasInspected = true
            }
        }
    }

    /// True if every workload client has ended and every cart was written since the faults ended.
    var isFinished: Bool { progress.withLock { $0.running == 0 && $0.missing.isEmpty } }

    /// Carts that were not written since the faults ended.
    var missing: [Int] { progress.withLock { $0.missing } }

    /// True if the inspection is over.
    var hasInspected: Bool { progress.withLock { $0.hasInspected } }

    /// Number of carts that did not answer the inspector.
    var unread: Int { progress.withLock { $0.unread } }
}
