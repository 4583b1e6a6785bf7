import ActorRuntime
import ArgumentParser

/// The options of subcommands that measure one population of carts under one strategy.
struct CartOptions: ParsableArguments {
    @Option(help: "Persistence strategy: snapshot, incremental or events.")
    var strategy = PersistenceStrategy.snapshot

    @Option(help: "Number of carts that are asked for.")
    var carts = 100_000

    func validate() throws { try requirePositive(["--carts": carts]) }
}

extension PersistenceStrategy: ExpressibleByArgument {}
