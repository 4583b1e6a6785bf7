import ArgumentParser
import ServerTesting

/// Measures the time that the store's scripts take on Redis's thread, and where a commit's time goes.
struct Scripts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures Redis's processor time per script, and the parts of a commit.",
        discussion: """
            Calls the store without a host: 64 calls are under way at a time, on one connection. A part is a \
            script with the key and the arguments of a commit that runs one command, or none.
            """
    )

    @OptionGroup var server: BenchServer

    @OptionGroup var concurrency: PoolOptions

    @Option(parsing: .upToNextOption, help: "Numbers of lines per cart.")
    var lines = [5, 50]

    @Option(help: "Length of a line's name in bytes. A line takes some 50 bytes more.")
    var nameBytes = 200

    @Option(help: "Number of carts.")
    var carts = 1_000

    @Option(help: "Number of calls per cart and round of each script that can be called again and again.")
    var visits = 20

    @Option(help: "Number of rounds; figures are their medians and extremes.")
    var rounds = 5

    func validate() throws {
        try requireLines(lines)
        try requirePositive(["--carts": carts, "--visits": visits, "--rounds": rounds])
        guard (1...200).contains(nameBytes) else {
            throw ValidationError("--name-bytes must be 1 to 200 (got \(nameBytes))")
        }
    }

    func run() async throws {
        var results: [ScriptFigures] = []
        Output.say([ScriptFigures.head])
        for lines in lines {
            var fixtures = try Fixtures(lines: lines)
            fixtures.name = String(repeating: "n", count: nameBytes)
            let content = try ScriptContent(fixtures)
            let figures = try await server.with { server in
                try await ScriptMeasurement.with(self, content: content, on: server.socketPath) {
                    try await $0.run()
                }
            }
            Output.say(figures.map(\.row))
            results += figures
        }
        try Output.print(
            Report(
                machine: Machine(),
                append: server.append.rawValue,
                rounds: rounds,
                parallel: concurrency.parallel,
                results: results
            )
        )
    }

    private struct Report: Encodable {
        let machine: Machine
        let append: String
        let rounds: Int
        let parallel: Int
        let results: [ScriptFigures]
    }
}

/// The time of one script, or of one part of a commit.
struct ScriptFigures: Encodable {
    let script: String
    let lines: Int
    /// Length of the content that a commit writes, in bytes.
    let bytes: Int
    /// Processor time of Redis's thread per call, in microseconds.
    let redisTime: Spread

    static let head = ["script                  ", "lines", "bytes", "Redis µs", "least", " most"]

    var row: [String] {
        let times = [redisTime.median, redisTime.min, redisTime.max].map { Output.short($0) }
        let cells = [script, "\(lines)", "\(bytes)"] + times
        return zip(cells, Self.head).enumerated().map { column, cell in
            let blank = String(repeating: " ", count: max(0, cell.1.count - cell.0.count))
            return column == 0 ? cell.0 + blank : blank + cell.0
        }
    }
}
