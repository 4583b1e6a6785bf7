import CartClient
import CartWorkload
import NIOCore

/// A load test from filling the carts to the verdict.
struct LoadTest: Sendable {
    let plan: LoadPlan
    let voice: Voice
    private let clock = RealClock()

    init(_ plan: LoadPlan, _ voice: Voice) {
        self.plan = plan
        self.voice = voice
    }

    /// How long carts may take to be filled, or to be looked into at the end: this, and a second for every
    /// `cartsPerSecond`.
    private static let patience: Duration = .seconds(60)
    private static let cartsPerSecond = 100
    /// How long a request waits for a connection. Where all are in use, that is no failure of the cluster's.
    private static let connectionWait: TimeAmount = .seconds(5)
    /// How long a request waits for its reply, with the time for a connection: well beyond the two seconds of a node.
    private static let replyWait: TimeAmount = .seconds(10)
    /// How many inspectors look into the carts side by side.
    private static let inspectors = 16

    /// - Throws: `CannotBegin` where the carts can not be filled.
    func run() async throws -> Report {
        try await HTTPShop.with(
            targets: plan.targets,
            connections: plan.connections,
            wait: Self.connectionWait,
            patience: Self.replyWait
        ) { shop in
            try await run(at: shop)
        }
    }

    private func run(at shop: HTTPShop) async throws -> Report {
        let history = History(carts: plan.workload.carts)
        let market = Market(plan.workload)
        let random = SplitMix64(seed: plan.seed)
        let measurements = Measurements()
        let plain = Courier(shop: shop, clock: clock, history: history, policy: plan.workload.retry)
        try await prepare(Preparation(courier: plain, market: market, random: random.fork(1), voice: voice))

        let counting = CountingShop(inner: shop, measurements: measurements)
        let beginning = clock.now
        let cost = GeneratorCost.processorTime
        let errands = Errands(
            courier: Courier(shop: counting, clock: clock, history: history, policy: plan.workload.retry),
            market: market,
            measurements: measurements,
            beginning: beginning,
            end: beginning + plan.duration + LoadPlan.grace
        )
        let chaos = ChaosRun(
            schedule: plan.chaos,
            script: plan.clusterScript,
            clock: clock,
            history: history,
            voice: voice
        )
        voice.say("load for \(Figures.seconds(plan.duration))")
        let failures = await withTaskGroup { group in
            group.addTask { await chaos.run(from: beginning) }
            group.addTask { () async -> [String] in
                await Ticker(clock: clock, measurements: measurements, voice: voice).run(from: beginning)
                return []
            }
            await load(errands, random.fork(2))
            let failures = await group.next() ?? []
            group.cancelAll()
            let others = await group.next() ?? []
            return failures + others
        }
        voice.finish()
        let took = clock.now - beginning
        let verdict = plan.verifies ? await verify(plain, random.fork(3)) : nil
        return Report(
            plan,
            measurements.totals(at: took),
            history,
            verdict: verdict,
            beginning: beginning,
            took: took,
            processor: (GeneratorCost.processorTime - cost) / took,
            chaosFailures: failures
        )
    }

    private func load<Place: Shop>(_ errands: Errands<Place>, _ random: SplitMix64) async {
        switch plan.pace {
        case .open(let rate):
            let loop = OpenLoop(
                errands: errands,
                rate: rate,
                duration: plan.duration,
                inFlight: plan.inFlight,
                random: random
            )
            await loop.run()
        case .closed(let clients):
            let loop = ClosedLoop(errands: errands, clients: clients, duration: plan.duration, random: random)
            await loop.run()
        }
    }

    private func prepare<Place: Shop>(_ preparation: Preparation<Place>) async throws {
        let unfilled = await preparation.run(until: clock.now + patience)
        guard unfilled > 0 else { return }
        throw CannotBegin(
            description:
                "\(unfilled) of \(plan.workload.carts) carts could not be filled: does the cluster run at"
                + " \(plan.targets.joined(separator: ", "))?"
        )
    }

    private var patience: Duration {
        let lines = plan.workload.carts * (plan.workload.cartSize + 1)
        return Self.patience + .seconds(lines / Self.cartsPerSecond)
    }

    private func verify<Place: Shop>(_ courier: Courier<Place, RealClock>, _ random: SplitMix64) async
        -> Verdict
    {
        voice.say("looking into all carts")
        let end = clock.now + patience
        await withDiscardingTaskGroup { group in
            for index in 0..<Self.inspectors {
                group.addTask {
                    let inspector = Inspector(courier, prefix: plan.workload.prefix)
                    _ = await inspector.run(part: (index, Self.inspectors), until: end, random)
                }
            }
        }
        return Checker().check(courier.history)
    }
}

/// Why there is nothing to measure.
struct CannotBegin: Error, CustomStringConvertible {
    let description: String
}
