import Dispatch

/// A thread of its own for an actor, as the product gives the session keeper one.
final class QueueExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "session keeper")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
