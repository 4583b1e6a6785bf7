import ActorRuntime
import ArgumentParser
import Cart
import ProcessMeasurement
import ServerTesting
import Synchronization

/// Measures a node whose limit of live carts is far below the number of carts in use.
struct Cap: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Changes, then reads and checks, more carts than may be live at once."
    )

    @OptionGroup var server: BenchServer

    @OptionGroup var population: CartOptions

    @OptionGroup var concurrency: PoolOptions

    @Option(help: "Maximum number of live carts.")
    var limit = 10_000

    func validate() throws { try requirePositive(["--limit": limit]) }

    func run() async throws {
        var plan = BenchPlan(strategy: population.strategy)
        plan.policy.liveLimit = limit
        let figures = try await server.with { server in
            try await BenchNode.with(plan, on: server.socketPath) { try await measure($0) }
        }
        Output.say([
            [
                "limit", "most live", "lost", "changed/s", "read/s", "MB before", "after changes",
                "after reads",
            ],
            [
                "\(figures.limit)", "\(figures.mostLive)", "\(figures.lost)",
                Output.short(figures.changedPerSecond),
                Output.short(figures.readPerSecond), Output.short(figures.residentBefore / 1e6),
                Output.short(figures.residentAfterChanges / 1e6),
                Output.short(figures.residentAfterReads / 1e6),
            ],
        ])
        try Output.print(figures)
        guard figures.lost == 0, figures.mostLive <= limit else { throw ExitCode.failure }
    }

    private func measure(_ node: BenchNode) async throws -> Figures {
        let pool = concurrency.pool
        let carts = population.carts
        let fixtures = try Fixtures(lines: 1)
        let mostLive = Atomic(0)
        try await pool.work(carts) { try await node.fill($0, with: fixtures) }
        let before = try ProcessUsage.resident()
        let began = ContinuousClock.now
        try await pool.work(carts) { number in
            try await node.ask(number, fixtures.setQuantity(Self.quantity(of: number), of: 1))
            mostLive.max(node.host.liveCount, ordering: .relaxed)
        }
        let changed = ContinuousClock.now
        let afterChanges = try ProcessUsage.resident()
        let lost = Atomic(0)
        try await pool.work(carts) { number in
            let cart = try await node.ask(number, .read)
            let isThere = cart.lines.first.map { Int64($0.quantity) } == Self.quantity(of: number)
            if !isThere { lost.add(1, ordering: .relaxed) }
            mostLive.max(node.host.liveCount, ordering: .relaxed)
        }
        let read = ContinuousClock.now
        return Figures(
            machine: Machine(),
            append: server.append.rawValue,
            strategy: population.strategy.rawValue,
            limit: limit,
            carts: carts,
            mostLive: mostLive.load(ordering: .relaxed),
            lost: lost.load(ordering: .relaxed),
            changedPerSecond: Double(carts) / ((changed - began) / .seconds(1)),
            readPerSecond: Double(carts) / ((read - changed) / .seconds(1)),
            residentBefore: before,
            residentAfterChanges: afterChanges,
            residentAfterReads: try ProcessUsage.resident()
        )
    }

    /// A quantity that differs from the neighbouring carts' and from that of an unchanged line.
    private static func quantity(of number: Int) -> Int64 { Int64(number % 9_000 + 2) }

    private struct Figures: Encodable {
        let machine: Machine
        let append: String
        let strategy: String
        let limit, carts: Int
        /// Highest number of live carts observed, including those that are being passivated.
        let mostLive: Int
        /// Number of carts that lack the change that was acknowledged.
        let lost: Int
        let changedPerSecond, readPerSecond: Double
        /// Resident memory in bytes: with the maximum of live carts, after the changes and after the reads.
        let residentBefore, residentAfterChanges, residentAfterReads: Double
    }
}
