import ArgumentParser

/// Measures the cost of keeping carts: the product's own host and store on a real Redis, in one process,
/// without faces.
@main
struct CartBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cart-bench",
        abstract: "Measures the cost of keeping carts in Redis, by persistence strategy.",
        discussion: """
            Starts a Redis of its own on a Unix socket in a temporary folder and stops it at the end. Prints JSON \
            to stdout and a table to stderr. Figures depend on the machine: compare only figures of one run.
            """,
        subcommands: [
            Strategies.self, Scripts.self, Restores.self, Memory.self, Resident.self, Cap.self, Sweeps.self,
        ]
    )
}
