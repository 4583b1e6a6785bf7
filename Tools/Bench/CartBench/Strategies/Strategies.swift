import ActorRuntime
import ArgumentParser
import ServerTesting

/// Compares all strategies: the cost of a commit, a stored cart and a restore.
struct Strategies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures all strategies in turn, round after round, on one Redis."
    )

    @OptionGroup var server: BenchServer

    @Option(parsing: .upToNextOption, help: "Numbers of lines per cart.")
    var lines = [1, 10, 50, 500]

    @Option(help: "Number of rounds; figures are their medians.")
    var rounds = 5

    @OptionGroup var concurrency: PoolOptions

    @Option(help: "For `events`: maximum number of commits after a snapshot.")
    var snapshotEvery = 50

    @Option(help: "Work per round, as a multiple of the usual.")
    var scale = 1.0

    func validate() throws {
        try requireLines(lines)
        try requirePositive(["--rounds": rounds, "--snapshot-every": snapshotEvery])
        guard scale > 0 else { throw ValidationError("--scale must be above 0 (got \(scale))") }
    }

    func run() async throws {
        var results: [StrategyFigures] = []
        Output.say([StrategyFigures.head])
        for lines in lines {
            for isKeyed in [false, true] {
                let comparison = StrategyComparison(
                    fixtures: try Fixtures(lines: lines, isKeyed: isKeyed),
                    carts: carts(of: lines),
                    visits: 10,
                    rounds: rounds,
                    pool: concurrency.pool,
                    snapshotInterval: snapshotEvery
                )
                let figures = try await server.with { try await comparison.run(on: $0.socketPath) }
                Output.say(figures.map(\.row))
                results += figures
            }
        }
        try Output.print(
            Report(
                machine: Machine(),
                append: server.append.rawValue,
                rounds: rounds,
                parallel: concurrency.parallel,
                snapshotEvery: snapshotEvery,
                results: results
            )
        )
    }

    /// A number of carts with which a round takes about a second.
    private func carts(of lines: Int) -> Int {
        let usual =
            switch lines {
            case ...20: 2_048
            case ...100: 1_024
            default: 256
            }
        return max(concurrency.parallel, Int(Double(usual) * scale))
    }

    private struct Report: Encodable {
        let machine: Machine
        let append: String
        let rounds: Int
        let parallel: Int
        let snapshotEvery: Int
        let results: [StrategyFigures]
    }
}
