/// One rush of asks for cold carts, and the quiet before it.
struct RestoreRush: Sendable {
    let node: BenchNode
    let lines: Int
    let cold: Range<Int>
    let load: WarmLoad
    let quiet: Duration
    /// How many asks come in one go.
    let burst: Int

    func run() async throws -> RushFigures {
        try await node.passivateAll()
        try await load.warmUp()
        // The first of it is not measured: what is used for the first time is slower.
        _ = try await load.run { try await Task.sleep(for: .seconds(1)) }
        let before = try await load.run { try await Task.sleep(for: quiet) }
        let resident = try ProcessUsage.resident()
        try ProcessUsage.forgetPeak()
        let seconds = PerSecondCounter()
        let meanwhile = try await load.run {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in cold {
                    // As from a network: asks come as quickly as they are taken up, and not by way of the processor's
                    // queue, in which they would all stand at once.
                    if number % burst == 0 { await Task.yield() }
                    group.addTask {
                        try await node.look(number, for: lines)
                        seconds.count()
                    }
                }
                try await group.waitForAll()
            }
        }
        let took = seconds.elapsed
        let peak = try ProcessUsage.peak()
        return RushFigures(
            took: took,
            perSecond: seconds.all,
            carts: cold.count,
            quiet: before,
            rush: meanwhile,
            residentBefore: resident,
            peak: peak,
            residentAfter: try ProcessUsage.resident()
        )
    }
}
