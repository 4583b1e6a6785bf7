import ArgumentParser

/// The concurrency of a measurement.
struct PoolOptions: ParsableArguments {
    @Option(help: "Number of carts that are changed or read concurrently.")
    var parallel = WorkerPool.standard.workers

    var pool: WorkerPool { WorkerPool(workers: parallel) }

    func validate() throws { try requirePositive(["--parallel": parallel]) }
}
