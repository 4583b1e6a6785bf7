import ActorRuntime
import ArgumentParser
import Cart
import ServerTesting
import Synchronization

/// A node that may hold far fewer carts live than are visited.
struct Cap: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "More carts visited than may be live: each changed once, then each read and checked."
    )

    @OptionGroup var server: BenchServer

    @Option(help: "How the carts are kept: snapshot, incremental or events.")
    var strategy = PersistenceStrategy.snapshot

    @Option(help: "How many carts may be live.")
    var limit = 10_000

    @Option(help: "How many carts are visited.")
    var carts = 100_000

    @Option(help: "How many carts are visited at the same time.")
    var parallel = 64

    func validate() throws {
        guard limit > 0, carts > 0, parallel > 0 else { throw ValidationError("a count must be above 0") }
    }

    func run() async throws {
        var plan = BenchPlan(strategy: strategy)
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
        let pool = WorkerPool(workers: parallel)
        let fixtures = try Fixtures(lines: 1)
        let mostLive = Atomic(0)
        try await pool.work(carts) { try await node.fill($0, with: fixtures) }
        let before = try ProcessUsage.resident()
        let began = ContinuousClock.now
        try await pool.work(carts) { number in
            try await node.ask(number, fixtures.quantity(Self.quantity(of: number), of: 1))
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
            strategy: strategy.rawValue,
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

    /// By which a cart is told from its neighbours, and a change from none.
    private static func quantity(of number: Int) -> Int64 { Int64(number % 9_000 + 2) }

    private struct Figures: Encodable {
        let machine: Machine
        let append: String
        let strategy: String
        let limit, carts: Int
        /// The highest count of live carts that was seen, those included that are being given up.
        let mostLive: Int
        /// Carts that did not show the change that was acknowledged.
        let lost: Int
        let changedPerSecond, readPerSecond: Double
        /// Bytes: with as many carts live as may be, after the first loop and after the second.
        let residentBefore, residentAfterChanges, residentAfterReads: Double
    }
}
