import ArgumentParser

/// Measures what it costs to keep carts: the product's own host and store on a real Redis, in one process, without faces.
@main
struct CartBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cart-bench",
        abstract: "What keeping carts in Redis costs, by strategy.",
        discussion: """
            Starts a Redis of its own on a Unix socket in a temporary folder and ends it again. Prints JSON, and a table \
            for people to stderr. Figures depend on the machine: compare only those of one run.
            """,
        subcommands: [Strategies.self, Restores.self, Memory.self, Resident.self, Cap.self]
    )
}
