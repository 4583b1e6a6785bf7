package import NIOCore

/// Runs a task on one event loop's thread, wherever it would else run on the runtime's shared threads.
///
/// An actor with an executor of its own is not enough to be independent of those: whoever waits for a continuation or calls
/// a function that belongs to no actor passes through them on the way back, unless the task prefers another executor.
package final class EventLoopTaskExecutor: TaskExecutor {
    private let loop: any EventLoop

    package init(_ loop: any EventLoop) {
        self.loop = loop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
