import Synchronization

/// Work of a host's partitions that waits: it runs in tasks of the host, and none of it is ever forgotten.
final class JobQueue: Sendable {
    typealias Job = @Sendable () async -> Void

    private struct State {
        var jobs: [Job] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    /// There is something to be begun.
    private let (signals, signal) = AsyncStream.makeStream(
        of: Void.self,
        bufferingPolicy: .bufferingNewest(1)
    )

    /// Has a job begun; false if the host has stopped, and then it never is.
    func start(_ job: @escaping Job) -> Bool {
        let isFirst: Bool? = state.withLock { state in
            guard !state.isClosed else { return nil }
            state.jobs.append(job)
            return state.jobs.count == 1
        }
        guard let isFirst else { return false }
        if isFirst { signal.yield() }
        return true
    }

    /// Runs jobs until the task is cancelled. Whatever began ends before this returns, in a cancelled task.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await _ in signals {
                for job in take() { group.addTask { await job() } }
            }
            for job in close() { group.addTask { await job() } }
        }
    }

    private func take() -> [Job] {
        state.withLock { state in
            defer { state.jobs = [] }
            return state.jobs
        }
    }

    private func close() -> [Job] {
        state.withLock { state in
            defer { state.jobs = [] }
            state.isClosed = true
            return state.jobs
        }
    }
}
