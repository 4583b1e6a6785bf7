package import NIOCore

#if canImport(Glibc)
import Glibc
#endif

/// Runs a task on one event loop's thread, wherever it would else run on the runtime's shared threads.
///
/// An actor with an executor of its own is not enough to be independent of those: whoever waits for a continuation or calls
/// a function that belongs to no actor passes through them on the way back, unless the task prefers another executor.
package final class EventLoopTaskExecutor: TaskExecutor {
    private let loop: any EventLoop

    package init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// The same on a thread that does its work when no other has any: on a busy machine it gets a tenth of what another gets.
    ///
    /// It is never quite without, so that nobody waits for long for a lock that it holds.
    ///
    /// - Parameter loop: shared with nothing that is in a hurry.
    package convenience init(inBackgroundOn loop: any EventLoop) {
        self.init(loop)
        #if canImport(Glibc)
        // On Linux this is the priority of the one thread that calls it.
        loop.execute { _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, Self.niceness) }
        #endif
    }

    private static let niceness: Int32 = 0

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
