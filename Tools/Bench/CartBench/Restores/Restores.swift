import ActorRuntime
import ArgumentParser
import ServerTesting

/// Measures a node that is asked for many cold carts at once: the rate of restores, and the latency of its
/// warm carts.
struct Restores: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks for many cold carts at once while warm carts are read and changed."
    )

    @OptionGroup var server: BenchServer

    @OptionGroup var population: CartOptions

    @Option(help: "Number of lines per cart.")
    var lines = 10

    @Option(help: "Number of warm carts.")
    var warm = 500

    @Option(help: "Reads and changes of warm carts per second, together.")
    var rate = 1_000

    @Option(help: "Maximum number of concurrent restores.")
    var places = HostPolicy().restoreLimit

    @Option(help: "Number of asks that are sent before the node gets to work on them.")
    var burst = 16

    @Option(help: "Length of the quiet phase, in seconds.")
    var quiet = 5

    @Option(help: "Number of rounds.")
    var rounds = 3

    func validate() throws {
        try requirePositive([
            "--warm": warm, "--places": places, "--burst": burst, "--quiet": quiet, "--rounds": rounds,
        ])
        try requireLines([lines])
        guard (1...10_000).contains(rate) else {
            throw ValidationError("--rate must be 1 to 10000 (got \(rate))")
        }
    }

    func run() async throws {
        let carts = population.carts
        let fixtures = try Fixtures(lines: lines)
        var plan = BenchPlan(strategy: population.strategy)
        plan.policy.restoreLimit = places
        let figures = try await server.with { server in
            try await BenchNode.with(plan, on: server.socketPath) { node in
                Output.say("creating \(carts + warm) carts")
                try await WorkerPool.standard.work(carts + warm) {
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
                strategy: population.strategy.rawValue,
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
