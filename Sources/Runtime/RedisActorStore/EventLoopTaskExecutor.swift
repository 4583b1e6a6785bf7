package import NIOCore

/// Runs a task on the thread of one event loop, instead of the shared threads of the concurrency runtime.
///
/// An actor with its own executor is not enough: a task that waits for a continuation, or calls a nonisolated
/// function, returns through the shared threads, unless it prefers another executor.
package final class EventLoopTaskExecutor: TaskExecutor {
    private let loop: any EventLoop

    package init(_ loop: any EventLoop) {
        self.loop = loop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute {
            job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }
}
