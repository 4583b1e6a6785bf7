package import NIOCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Runs a task on one event loop's thread, wherever it would else run on the runtime's shared threads.
///
/// An actor with an executor of its own is not enough to be independent of those: whoever waits for a continuation or calls
/// a function that belongs to no actor passes through them on the way back, unless the task prefers another executor.
package final class EventLoopTaskExecutor: TaskExecutor {
    private let loop: any EventLoop
    private let givesWay: Bool

    /// - Parameter givesWay: whether any other thread that has work goes first after each step of a task.
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
