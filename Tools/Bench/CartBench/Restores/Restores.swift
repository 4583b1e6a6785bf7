import ActorRuntime
import ArgumentParser
import ServerTesting

/// A node that is asked for very many cold carts at once: how steadily they come, and what its warm carts feel of it.
struct Restores: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A node asked for many cold carts at once, while warm carts are read and changed."
    )

    @OptionGroup var server: BenchServer

    @Option(help: "How the carts are kept: snapshot, incremental or events.")
    var strategy = PersistenceStrategy.snapshot

    @Option(help: "How many cold carts are asked for at once.")
    var carts = 100_000

    @Option(help: "How many lines the carts have.")
    var lines = 10

    @Option(help: "How many warm carts there are.")
    var warm = 500

    @Option(help: "How many reads and changes of warm carts are due in a second, together.")
    var rate = 1_000

    @Option(help: "How many restores may be under way at once, at most.")
    var places = HostPolicy().restoreLimit

    @Option(help: "How many of the asks come in one go, before the node gets to work on them.")
    var burst = 16

    @Option(help: "For how many seconds the quiet node is measured.")
    var quiet = 5

    @Option(help: "How many rounds.")
    var rounds = 3

    func validate() throws {
        guard carts > 0, warm > 0, quiet > 0, rounds > 0, places > 0, burst > 0 else {
            throw ValidationError("a count must be above 0")
        }
        guard (1...10_000).contains(rate) else { throw ValidationError("rate: 1 to 10000") }
        guard (1...500).contains(lines) else { throw ValidationError("a cart has 1 to 500 lines") }
    }

    func run() async throws {
        let fixtures = try Fixtures(lines: lines)
        var plan = BenchPlan(strategy: strategy)
        plan.policy.restoreLimit = places
        let figures = try await server.with { server in
            try await BenchNode.with(plan, on: server.socketPath) { node in
                Output.say("making \(carts + warm) carts")
                try await WorkerPool(workers: 64).work(carts + warm) {
                    try await node.fill($0, with: fixtures)
                }
                let rush = RestoreRush(
                    node: node,
                    lines: lines,
                    cold: warm..<warm + carts,
                    load: WarmLoad(node: node, fixtures: fixtures, carts: warm, rate: rate),
                    quiet: .seconds(quiet),
                    burst: burst
                )
                var figures: [RushFigures] = []
                Output.say([RushFigures.head])
                for _ in 0..<rounds {
                    let round = try await rush.run()
                    Output.say([round.row])
                    figures.append(round)
                }
                return figures
            }
        }
        try Output.print(
            Report(
                machine: Machine(),
                append: server.append.rawValue,
                strategy: strategy.rawValue,
                carts: carts,
                lines: lines,
                warmCarts: warm,
                warmRate: rate,
                places: places,
                burst: burst,
                rounds: figures
            )
        )
    }

    private struct Report: Encodable {
        let machine: Machine
        let append: String
        let strategy: String
        let carts, lines, warmCarts, warmRate, places, burst: Int
        let rounds: [RushFigures]
    }
}

extension PersistenceStrategy: ExpressibleByArgument {}
