import ActorRuntime
import ArgumentParser
import ProcessMeasurement

/// Restores carts from Redis in a process that does nothing else, and prints the memory that they take.
struct Resident: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures one kind of cart, as a subprocess of `memory`.",
        shouldDisplay: false
    )

    @Option(help: "Path of the Unix socket on which Redis listens.")
    var socket: String

    @Option(help: "Number of stored carts.")
    var carts: Int

    @Option(help: "Number of lines per cart.")
    var lines: Int

    @Flag(help: "The carts were changed under idempotency keys.")
    var keyed = false

    /// Number of carts restored before the measurement, so that one-time costs are not counted as a cart's.
    private static let warmUp = 100

    func run() async throws {
        let fixtures = try Fixtures(lines: lines, isKeyed: keyed)
        let figures = try await BenchNode.with(BenchPlan(), on: socket) { node in
            let pool = WorkerPool.standard
            try await pool.work(min(Self.warmUp, carts / 2)) { try await activate($0, on: node, fixtures) }
            let before = try ProcessUsage.resident()
            let known = node.host.liveCount
            try await pool.work(carts) { try await activate($0, on: node, fixtures) }
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

    /// Restores a cart and changes it once, as a cart in use is.
    private func activate(_ number: Int, on node: BenchNode, _ fixtures: Fixtures) async throws {
        try await node.read(number, expecting: lines)
        try await node.ask(number, fixtures.setQuantity(.random(in: 2...9_000)))
    }
}

/// Memory of a live cart, in bytes.
struct ResidentFigures: Sendable, Codable {
    let lines: Int
    /// True if each change was made under an idempotency key, whose result the cart keeps.
    let keyed: Bool
    let carts: Int
    let bytesPerCart: Double
}
