import CartClient
import CartWorkload
import NIOCore
import ProcessMeasurement
import SeededRandom

/// A load test, from filling the carts to the report.
struct LoadTest: Sendable {
    let plan: LoadPlan
    let console: ConsoleOutput
    private let clock = RealClock()

    init(_ plan: LoadPlan, _ console: ConsoleOutput) {
        self.plan = plan
        self.console = console
    }

    /// The time limit for filling the carts, and for reading them at the end: this, and a second for every
    /// `linesPerSecond`.
    private static let minimumTimeLimit: Duration = .seconds(60)
    private static let linesPerSecond = 100
    /// The longest wait of a request for a connection. If all are in use, that is not a failure of the
    /// cluster.
    private static let connectionTimeout: TimeAmount = .seconds(5)
    /// The longest time from a request to its reply, including the wait for a connection: well beyond the two
    /// seconds that a node takes at most.
    private static let replyTimeout: TimeAmount = .seconds(10)
    /// The number of inspectors that read the carts side by side.
    private static let inspectors = 16

    /// - Throws: `PreparationFailed` if the carts cannot be filled.
    func run() async throws -> LoadReport {
        try await HTTPClusterClient.with(
            targets: plan.targets,
            connections: plan.connections,
            wait: Self.connectionTimeout,
            timeout: Self.replyTimeout,
            token: plan.trustedToken
        ) { clusterClient in
            try await run(at: clusterClient)
        }
    }

    private func run(at clusterClient: HTTPClusterClient) async throws -> LoadReport {
        let history = History(carts: plan.workload.carts)
        let generator = WorkloadGenerator(plan.workload)
        let random = SplitMix64(seed: plan.seed)
        let measurements = Measurements()
        let plain = RetryingClient(
            clusterClient: clusterClient,
            clock: clock,
            history: history,
            policy: plan.workload.retry
        )
        try await prepare(
            Preparation(retryingClient: plain, generator: generator, random: random.fork(1), console: console)
        )

        let counting = CountingClusterClient(inner: clusterClient, measurements: measurements)
        let beginning = clock.now
        let cost = ProcessUsage.processorTime
        let operations = OperationRunner(
            retryingClient: RetryingClient(
                clusterClient: counting,
                clock: clock,
                history: history,
                policy: plan.workload.retry
            ),
            generator: generator,
            measurements: measurements,
            beginning: beginning,
            end: beginning + plan.duration + LoadPlan.grace
        )
        let chaos = ChaosRun(
            schedule: plan.chaos,
            script: plan.clusterScript,
            clock: clock,
            history: history,
            console: console
        )
        console.say("load for \(NumberFormat.seconds(plan.duration))")
        let failures = await withTaskGroup { group in
            group.addTask { await chaos.run(from: beginning) }
            group.addTask { () async -> [String] in
                await ProgressReporter(clock: clock, measurements: measurements, console: console).run(
                    from: beginning
                )
                return []
            }
            await load(operations, random.fork(2))
            let failures = await group.next() ?? []
            group.cancelAll()
            let others = await group.next() ?? []
            return failures + others
        }
        console.finish()
        let took = clock.now - beginning
        let checkResult = plan.verifies ? await verify(plain, random.fork(3)) : nil
        return LoadReport(
            plan: plan,
            totals: measurements.totals(at: took),
            history: history,
            checkResult: checkResult,
            beginning: beginning,
            took: took,
            processor: (ProcessUsage.processorTime - cost) / took,
            chaosFailures: failures
        )
    }

    private func load<Client: ClusterClient>(
        _ operations: OperationRunner<Client>,
        _ random: SplitMix64
    ) async {
        switch plan.pace {
        case .open(let rate):
            let loop = OpenLoop(
                operations: operations,
                rate: rate,
                duration: plan.duration,
                inFlight: plan.inFlight,
                random: random
            )
            await loop.run()
        case .closed(let clients):
            let loop = ClosedLoop(
                operations: operations,
                clients: clients,
                duration: plan.duration,
                random: random
            )
            await loop.run()
        }
    }

    private func prepare<Client: ClusterClient>(_ preparation: Preparation<Client>) async throws {
        let unfilled = await preparation.run(until: clock.now + timeLimit)
        guard unfilled > 0 else { return }
        throw PreparationFailed(
            description:
                "cannot fill \(unfilled) of \(plan.workload.carts) carts: does the cluster run at"
                + " \(plan.targets.joined(separator: ", "))?"
        )
    }

    private var timeLimit: Duration {
        let lines = plan.workload.carts * (plan.workload.cartSize + 1)
        return Self.minimumTimeLimit + .seconds(lines / Self.linesPerSecond)
    }

    private func verify<Client: ClusterClient>(
        _ retryingClient: RetryingClient<Client, RealClock>,
        _ random: SplitMix64
    ) async -> CheckResult {
        console.say("reading all carts")
        let end = clock.now + timeLimit
        await withDiscardingTaskGroup { group in
            for index in 0..<Self.inspectors {
                group.addTask {
                    let inspector = Inspector(retryingClient, prefix: plan.workload.prefix)
                    _ = await inspector.run(part: (index, Self.inspectors), until: end, random)
                }
            }
        }
        return Checker().check(retryingClient.history)
    }
}

/// The carts could not be filled, so that there is nothing to measure.
struct PreparationFailed: Error, CustomStringConvertible {
    let description: String
}
