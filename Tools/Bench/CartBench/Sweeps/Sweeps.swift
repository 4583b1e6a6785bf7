import ActorRuntime
import ArgumentParser
import Ownership
import RedisClient
import ServerTesting

/// Measures the check of everything live after a change of generation: by reads of many owners at once, as
/// the product does it, and by one script for each cart.
struct Sweeps: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Changes the generation of Redis's data and measures the check of all live carts."
    )

    @OptionGroup var server: BenchServer

    @OptionGroup var population: CartOptions

    @Option(help: "Number of lines per cart.")
    var lines = 1

    @Option(help: "Number of carts that Redis loses with each change of the generation.")
    var lost = 0

    @Option(help: "Number of rounds.")
    var rounds = 5

    /// The most time for one sweep.
    private static let patience: Duration = .seconds(120)

    func validate() throws {
        try requirePositive(["--rounds": rounds])
        try requireLines([lines])
        guard (0...population.carts).contains(lost) else {
            throw ValidationError("--lost must be 0 to the number of carts (got \(lost))")
        }
    }

    func run() async throws {
        var results: [SweepFigures] = []
        Output.say([SweepFigures.head])
        for readLimit in [HostPolicy().ownershipReadLimit, 0] {
            let figures = try await measure(readLimit: readLimit)
            Output.say(figures.map(\.row))
            results += figures
        }
        try Output.print(
            Report(machine: Machine(), append: server.append.rawValue, lines: lines, rounds: results)
        )
    }

    private func measure(readLimit: Int) async throws -> [SweepFigures] {
        var plan = BenchPlan(strategy: population.strategy)
        plan.policy.ownershipReadLimit = readLimit
        plan.policy.liveLimit = max(plan.policy.liveLimit, population.carts * 2)
        plan.policy.idleTimeout = .seconds(86_400)
        // Even a slow check must come to its end.
        plan.policy.lease = LeasePolicy(length: Self.patience)
        let fixtures = try Fixtures(lines: lines)
        return try await server.with { server in
            try await BenchNode.with(plan, on: server.socketPath) { node in
                try await WorkerPool.standard.work(population.carts) {
                    try await node.fill($0, with: fixtures)
                }
                var figures: [SweepFigures] = []
                for _ in 0..<rounds {
                    let report = try await sweep(node)
                    figures.append(SweepFigures(report, readLimit: readLimit))
                }
                return figures
            }
        }
    }

    private func sweep(_ node: BenchNode) async throws -> SweepReport {
        for number in 0..<lost {
            let key = "\(node.plan.cluster):{\(Fixtures.id(number))}"
            _ = try await node.redis.send("DEL", [.string(key)])
        }
        let former = node.host.lastSweep
        _ = try await node.redis.send("HDEL", [.string("\(node.plan.cluster):nodes"), "gen"])
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            if let report = node.host.lastSweep, report != former { return report }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw BenchFailure("the check of live carts took more than \(Self.patience)")
    }

    private struct Report: Encodable {
        let machine: Machine
        let append: String
        let lines: Int
        let rounds: [SweepFigures]
    }
}

/// The figures of one check.
struct SweepFigures: Encodable {
    /// The most owners that were read at once; 0 where each cart was checked by itself.
    let readLimit: Int
    let carts: Int
    let differing: Int
    let seconds: Double
    let cartsPerSecond: Double

    init(_ report: SweepReport, readLimit: Int) {
        self.readLimit = readLimit
        carts = report.actors
        differing = report.differing
        seconds = report.took / .seconds(1)
        cartsPerSecond = Double(report.actors) / max(seconds, 1e-9)
    }

    static let head = ["owners a read", "carts  ", "differing", "seconds", "carts/s"]

    var row: [String] {
        [
            "\(readLimit)", "\(carts)", "\(differing)", Output.short(seconds), Output.short(cartsPerSecond),
        ]
    }
}
