import ProcessMeasurement

/// One rush of asks for cold carts, preceded by a quiet phase as the reference.
struct RestoreRush: Sendable {
    let node: BenchNode
    let lines: Int
    let cold: Range<Int>
    let load: WarmLoad
    let quiet: Duration
    /// Number of asks that are sent between two yields.
    let burst: Int

    func run() async throws -> RushFigures {
        try await node.passivateAll()
        try await load.warmUp()
        // The first second is not measured: first uses are slower.
        _ = try await load.run { try await Task.sleep(for: .seconds(1)) }
        let before = try await load.run { try await Task.sleep(for: quiet) }
        let resident = try ProcessUsage.resident()
        try ProcessUsage.resetPeak()
        let seconds = PerSecondCounter()
        let meanwhile = try await load.run {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in cold {
                    // As from a network, asks come as quickly as they are taken up. Without the yield all of
                    // them would stand in the executor's queue at once.
                    if number % burst == 0 { await Task.yield() }
                    group.addTask {
                        try await node.read(number, expecting: lines)
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
