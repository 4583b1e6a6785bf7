/// So many workers, who share numbered work evenly among them.
struct WorkerPool: Sendable {
    let workers: Int

    /// Has `body` do each number below `count` once, in as many places as there are workers.
    ///
    /// Each number belongs to one worker, who does its own one after the other.
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

    /// The same, and how long each took.
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
