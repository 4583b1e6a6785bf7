package import NIOCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Runs a task on the thread of one event loop, instead of the shared threads of the concurrency runtime.
///
/// An actor with its own executor is not enough: a task that waits for a continuation, or calls a nonisolated
/// function, returns through the shared threads, unless it prefers another executor.
package final class EventLoopTaskExecutor: TaskExecutor {
    private let loop: any EventLoop
    private let givesWay: Bool

    /// - Parameter givesWay: whether the thread yields to other threads after each step of a task.
    package init(_ loop: any EventLoop, givingWay givesWay: Bool = false) {
        self.loop = loop
        self.givesWay = givesWay
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute {
            job.runSynchronously(on: self.asUnownedTaskExecutor())
            if self.givesWay { sched_yield() }
        }
    }
}
