import ActorRuntime
import ArgumentParser
import ServerTesting

/// All strategies side by side: what a commit, a stored cart and a restore cost.
struct Strategies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "All strategies in turn, round after round, on one Redis."
    )

    @OptionGroup var server: BenchServer

    @Option(parsing: .upToNextOption, help: "How many lines the carts have.")
    var lines = [1, 10, 50, 500]

    @Option(help: "How many rounds; figures are their medians.")
    var rounds = 5

    @Option(help: "How many carts are changed, or restored, at the same time.")
    var parallel = 64

    @Option(help: "For `events`: how many commits lie on a whole state at most.")
    var snapshotEvery = 50

    @Option(help: "How much is done in a round, as a share of the usual.")
    var scale = 1.0

    func validate() throws {
        guard lines.allSatisfy({ (1...500).contains($0) }) else {
            throw ValidationError("a cart has 1 to 500 lines")
        }
        guard rounds > 0, parallel > 0, snapshotEvery > 0, scale > 0 else {
            throw ValidationError("a count must be above 0")
        }
    }

    func run() async throws {
        var results: [StrategyFigures] = []
        Output.say([StrategyFigures.head])
        for lines in lines {
            for isKeyed in [false, true] {
                let contest = StrategyComparison(
                    fixtures: try Fixtures(lines: lines, isKeyed: isKeyed),
                    carts: carts(of: lines),
                    visits: 10,
                    rounds: rounds,
                    pool: WorkerPool(workers: parallel),
                    snapshotInterval: snapshotEvery
                )
                let figures = try await server.with { try await contest.run(on: $0.socketPath) }
                Output.say(figures.map(\.row))
                results += figures
            }
        }
        try Output.print(
            Report(
                machine: Machine(),
                append: server.append.rawValue,
                rounds: rounds,
                parallel: parallel,
                snapshotEvery: snapshotEvery,
                results: results
            )
        )
    }

    /// So many that a round takes a second or so.
    private func carts(of lines: Int) -> Int {
        let usual =
            switch lines {
            case ...20: 2_048
            case ...100: 1_024
            default: 256
            }
        return max(parallel, Int(Double(usual) * scale))
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
