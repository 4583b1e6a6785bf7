import ActorRuntime
import ArgumentParser
import Foundation
import ServerTesting
import Subprocess
import SystemPackage

/// Measures the resident memory of a live cart.
struct Memory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures the resident memory of a live cart, each kind of cart in a process of its own."
    )

    @OptionGroup var server: BenchServer

    @Option(parsing: .upToNextOption, help: "Numbers of lines per cart.")
    var lines = [1, 5, 50, 500]

    @Option(help: "Total number of lines of all carts, which determines the number of carts.")
    var allLines = 200_000

    func validate() throws {
        try requireLines(lines)
        guard allLines >= 1_000 else {
            throw ValidationError("--all-lines must be at least 1000 (got \(allLines))")
        }
    }

    func run() async throws {
        var results: [ResidentFigures] = []
        Output.say([["lines", "keyed", "carts  ", "bytes a live cart"]])
        for lines in lines {
            for isKeyed in [false, true] {
                let figures = try await measure(lines: lines, isKeyed: isKeyed)
                Output.say([
                    [
                        "\(figures.lines)", "\(isKeyed)", "\(figures.carts)",
                        Output.short(figures.bytesPerCart),
                    ]
                ])
                results.append(figures)
            }
        }
        try Output.print(Report(machine: Machine(), results: results))
    }

    private func measure(lines: Int, isKeyed: Bool) async throws -> ResidentFigures {
        let carts = min(40_000, max(400, allLines / lines))
        let fixtures = try Fixtures(lines: lines, isKeyed: isKeyed)
        return try await server.with { server in
            try await BenchNode.with(BenchPlan(), on: server.socketPath) { node in
                try await WorkerPool.standard.work(carts) { try await node.fill($0, with: fixtures) }
            }
            let words = [
                "resident", "--socket", server.socketPath, "--carts", "\(carts)", "--lines", "\(lines)",
            ]
            let result = try await Subprocess.run(
                .path(FilePath(try Self.executable())),
                arguments: Arguments(words + (isKeyed ? ["--keyed"] : [])),
                output: .string(limit: 64 * 1_024),
                error: .string(limit: 64 * 1_024)
            )
            guard result.terminationStatus.isSuccess else {
                throw BenchFailure("the measurement of \(lines) lines failed: \(result.standardError)")
            }
            return try JSONDecoder().decode(ResidentFigures.self, from: Data(result.standardOutput.utf8))
        }
    }

    private static func executable() throws -> String {
        guard let path = Bundle.main.executablePath else {
            throw BenchFailure("the path of the own executable is unknown")
        }
        return path
    }

    private struct Report: Encodable {
        let machine: Machine
        let results: [ResidentFigures]
    }
}
