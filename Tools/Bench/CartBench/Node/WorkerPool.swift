/// A fixed number of concurrent workers that divide numbered work evenly.
struct WorkerPool: Sendable {
    let workers: Int

    static let standard = WorkerPool(workers: 64)

    /// Calls `body` once for each number below `count`. Each worker does its share of the numbers one after
    /// the other.
    func work(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<max(1, workers) {
                group.addTask {
                    for number in stride(from: worker, to: count, by: max(1, workers)) {
                        try await body(number)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Calls `body` for each number below `count`, `rounds` times, and returns the duration of each call.
    func time(
        _ count: Int,
        rounds: Int = 1,
        _ body: @escaping @Sendable (Int, _ round: Int) async throws -> Void
    ) async throws -> Latencies {
        try await withThrowingTaskGroup(of: [Duration].self) { group in
            for worker in 0..<max(1, workers) {
                group.addTask {
                    var times: [Duration] = []
                    for round in 0..<rounds {
                        for number in stride(from: worker, to: count, by: max(1, workers)) {
                            let began = ContinuousClock.now
                            try await body(number, round)
                            times.append(ContinuousClock.now - began)
                        }
                    }
                    return times
                }
            }
            var latencies = Latencies()
            for try await times in group {
                for time in times { latencies.record(time) }
            }
            return latencies
        }
    }
}
