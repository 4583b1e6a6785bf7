import ActorRuntime
import ArgumentParser

/// Restores carts that lie in a Redis, in a process that did nothing else, and says what memory they take.
struct Resident: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What `memory` runs for each kind of cart.",
        shouldDisplay: false
    )

    @Option(help: "Where the Redis listens.")
    var socket: String

    @Option(help: "How many carts lie in it.")
    var carts: Int

    @Option(help: "How many lines they have.")
    var lines: Int

    @Flag(help: "Whether they were made by changes under idempotency keys.")
    var keyed = false

    /// Restored before the measuring begins: what the first of anything costs is no cart's.
    private static let first = 100

    func run() async throws {
        let fixtures = try Fixtures(lines: lines, isKeyed: keyed)
        let figures = try await BenchNode.with(BenchPlan(), on: socket) { node in
            let pool = WorkerPool(workers: 64)
            try await pool.work(min(Self.first, carts / 2)) { try await live($0, on: node, fixtures) }
            let before = try ProcessUsage.resident()
            let known = node.host.liveCount
            try await pool.work(carts) { try await live($0, on: node, fixtures) }
            let grown = try ProcessUsage.resident() - before
            return ResidentFigures(
                lines: lines,
                keyed: keyed,
                carts: carts,
                bytesPerCart: grown / Double(max(1, node.host.liveCount - known))
            )
        }
        try Output.print(figures)
    }

    /// As a cart is in use: restored, and changed since.
    private func live(_ number: Int, on node: BenchNode, _ fixtures: Fixtures) async throws {
        try await node.look(number, for: lines)
        try await node.ask(number, fixtures.quantity(.random(in: 2...9_000)))
    }
}

/// What a live cart takes.
struct ResidentFigures: Sendable, Codable {
    let lines: Int
    /// Whether each change was made under an idempotency key, and is remembered.
    let keyed: Bool
    let carts: Int
    let bytesPerCart: Double
}
