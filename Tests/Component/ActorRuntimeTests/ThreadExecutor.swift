import Foundation

/// A thread of its own for the session keepers of all tests, as the product gives each node one.
///
/// A real thread, not a dispatch queue: tests that pass time keep every thread of the pool busy, and a queue
/// would wait for one of those.
final class ThreadExecutor: SerialExecutor {
    static let shared = ThreadExecutor()

    private let jobs = AsyncJobs()

    private init() {
        let thread = Thread { [jobs] in
            while true {
                jobs.next().runSynchronously(on: ThreadExecutor.shared.asUnownedSerialExecutor())
            }
        }
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        jobs.add(UnownedJob(job))
    }
}

/// A queue whose reader waits on a condition.
///
/// `@unchecked` is sound: `waiting` is touched only under the condition's lock.
private final class AsyncJobs: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting: [UnownedJob] = []

    func add(_ job: UnownedJob) {
        condition.withLock {
            waiting.append(job)
            condition.signal()
        }
    }

    func next() -> UnownedJob {
        condition.withLock {
            while waiting.isEmpty { condition.wait() }
            return waiting.removeFirst()
        }
    }
}
