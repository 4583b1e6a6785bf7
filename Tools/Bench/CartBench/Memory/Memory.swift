import ActorRuntime
import ArgumentParser
import Foundation
import ServerTesting
import Subprocess
import SystemPackage

/// What a live cart takes of the node's memory.
struct Memory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Resident memory of a live cart, each kind measured in a process of its own."
    )

    @OptionGroup var server: BenchServer

    @Option(parsing: .upToNextOption, help: "How many lines the carts have.")
    var lines = [1, 5, 50, 500]

    @Option(help: "Lines of all carts together: decides how many carts there are.")
    var allLines = 200_000

    func validate() throws {
        guard lines.allSatisfy({ (1...500).contains($0) }) else {
            throw ValidationError("a cart has 1 to 500 lines")
        }
        guard allLines >= 1_000 else { throw ValidationError("all-lines: at least 1000") }
    }

    func run() async throws {
        var results: [ResidentFigures] = []
        Output.say([["lines", "keyed", "carts  ", "bytes a live cart"]])
        for lines in lines {
            for isKeyed in [false, true] {
                let figures = try await measure(lines, isKeyed)
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

    private func measure(_ lines: Int, _ isKeyed: Bool) async throws -> ResidentFigures {
        let carts = min(40_000, max(400, allLines / lines))
        let fixtures = try Fixtures(lines: lines, isKeyed: isKeyed)
        return try await server.with { server in
            try await BenchNode.with(BenchPlan(), on: server.socketPath) { node in
                try await WorkerPool(workers: 64).work(carts) { try await node.fill($0, with: fixtures) }
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
                throw BenchFailure("no figures of \(lines) lines: \(result.standardError)")
            }
            return try JSONDecoder().decode(ResidentFigures.self, from: Data(result.standardOutput.utf8))
        }
    }

    private static func executable() throws -> String {
        guard let path = Bundle.main.executablePath else { throw BenchFailure("who am I?") }
        return path
    }

    private struct Report: Encodable {
        let machine: Machine
        let results: [ResidentFigures]
    }
}
