internal import Dispatch
internal import NIOCore
internal import Synchronization

/// An event loop of a simulated process. What is executed on it runs in order, between the pauses that its
/// thread may have.
final class SimulatedEventLoop: EventLoop {
    let queue: JobQueueID
    private let scheduler: Scheduler
    /// True while something of it runs. The simulation has one thread.
    private let isRunning = Atomic<Bool>(false)

    init(_ scheduler: Scheduler, _ hiccups: Hiccups) {
        self.scheduler = scheduler
        queue = scheduler.makeQueue(hiccups.inOrder)
    }

    var inEventLoop: Bool { isRunning.load(ordering: .relaxed) }

    var now: NIODeadline { .uptimeNanoseconds(UInt64(clamping: scheduler.now.nanoseconds)) }

    func execute(_ task: @escaping @Sendable () -> Void) {
        scheduler.enqueue(.turn(of: self, task), on: queue)
    }

    /// Runs what was executed, for the scheduler.
    func run(_ task: () -> Void) {
        isRunning.store(true, ordering: .relaxed)
        task()
        isRunning.store(false, ordering: .relaxed)
    }

    func scheduleTask<T>(deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        scheduleTask(in: deadline - now, task)
    }

    func scheduleTask<T>(in delay: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        let promise = makePromise(of: T.self)
        let event = scheduler.after(SimulatedTime(nanoseconds: delay.nanoseconds)) {
            self.execute { promise.assumeIsolated().completeWith(Result { try task() }) }
        }
        return Scheduled(promise: promise, cancellationTask: { [scheduler] in scheduler.cancel(event) })
    }

    func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        queue.async { callback(nil) }
    }
}
