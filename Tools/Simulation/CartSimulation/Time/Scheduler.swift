internal import CartWorkload
internal import Synchronization

/// The one thread of control of a simulation: every step of every process, and every happening between them, runs here, in
/// an order that the seed decides.
///
/// Time stands still while anything can run, and jumps to the next happening when nothing can. Whoever calls `run` is the
/// thread; nothing here may be touched from another one while it runs.
package final class Scheduler: Sendable {
    /// Everything that must be looked at together. The lock is never contended: it is the compiler's proof of the one thread.
    fileprivate struct Core {
        var now: SimulatedTime = .zero
        var eventQueue = EventQueue()
        var queues: [JobQueueID: JobQueue] = [:]
        /// In the order of their making, so that choosing among them does not depend on hashing.
        var order: [JobQueueID] = []
        var made: UInt64 = 0
        var random: SplitMix64
        var steps: UInt64 = 0
        /// Whether no queue has hiccups any more.
        var isCalm = false
    }

    private let core: Mutex<Core>
    package let trace: Trace

    package init(seed: UInt64, trace: Trace) {
        core = Mutex(Core(random: SplitMix64(seed: seed)))
        self.trace = trace
    }

    // MARK: Time

    /// How much time has passed since the beginning.
    package var now: SimulatedTime { core.withLock { $0.now } }

    /// How many steps of processes were run.
    package var steps: UInt64 { core.withLock { $0.steps } }

    /// Has something happen later; at once, but after what runs now, where `delay` is zero.
    @discardableResult
    package func after(_ delay: SimulatedTime, _ action: @escaping @Sendable () -> Void) -> EventQueue.EventID
    {
        core.withLock { $0.eventQueue.add(at: $0.now + max(.zero, delay), action) }
    }

    /// Takes something back that has not happened.
    package func cancel(_ event: EventQueue.EventID) {
        core.withLock { $0.eventQueue.cancel(event) }
    }

    // MARK: Chance

    /// A number that the seed decides.
    package func random() -> UInt64 { core.withLock { $0.random.next() } }

    /// Whether something comes about that does so with this probability.
    package func chance(_ probability: Double) -> Bool {
        probability > 0 && core.withLock { Double.random(in: 0..<1, using: &$0.random) } < probability
    }

    /// A time between two bounds.
    package func time(in range: ClosedRange<SimulatedTime>) -> SimulatedTime {
        core.withLock {
            SimulatedTime(
                nanoseconds: .random(
                    in: range.lowerBound.nanoseconds...range.upperBound.nanoseconds,
                    using: &$0.random
                )
            )
        }
    }

    /// One of some.
    package func pick<Element: Sendable>(_ elements: [Element]) -> Element? {
        core.withLock { elements.randomElement(using: &$0.random) }
    }

    // MARK: Lanes

    /// A queue that jobs can be put on.
    func makeQueue(_ hiccups: Hiccups) -> JobQueueID {
        core.withLock { core in
            core.made += 1
            let id = JobQueueID(number: core.made)
            core.queues[id] = JobQueue(hiccups: hiccups)
            core.order.append(id)
            return id
        }
    }

    func enqueue(_ job: QueuedJob, on queue: JobQueueID) {
        core.withLock { $0.queues[queue]?.jobs.append(job) }
    }

    /// Lets a queue stand still until a time, whatever is put on it.
    func freeze(_ queue: JobQueueID, until end: SimulatedTime) {
        core.withLock { core in
            guard var state = core.queues[queue], state.frozenUntil < end else { return }
            state.frozenUntil = end
            core.queues[queue] = state
            core.eventQueue.add(at: end) {}
        }
    }

    /// Lets a queue go on at once.
    func thaw(_ queue: JobQueueID) {
        core.withLock { $0.queues[queue]?.frozenUntil = .zero }
    }

    /// A process stands still where it is, between having decided to send something and sending it, if that comes about.
    func standStill(_ hiccups: Hiccups) async {
        let pause = core.withLock { $0.isCalm ? nil : hiccups.pauseInSending(using: &$0.random) }
        guard let pause else { return }
        let over = OneShot<Void>()
        after(pause) { over.fulfil(()) }
        await over.value()
    }

    /// Whether nothing is held up any more.
    var isCalm: Bool { core.withLock { $0.isCalm } }

    /// From now on nothing is held up between its steps.
    func calmDown() {
        core.withLock { core in
            core.isCalm = true
            for queue in core.order { core.queues[queue]?.frozenUntil = .zero }
        }
    }

    // MARK: The thread

    /// Runs until `end`, or until `isDone` says so after a happening, or until nothing is left to do.
    package func run(until end: SimulatedTime, isDone: () -> Bool = { false }) {
        while true {
            while let job = takeJob() { job.run() }
            guard !isDone(), let action = takeHappening(until: end) else { return }
            action()
        }
    }

    private func takeJob() -> QueuedJob? {
        core.withLock { core in
            while true {
                guard let queue = core.readyQueue(), var state = core.queues[queue] else { return nil }
                if !core.isCalm, let pause = state.hiccups.pause(using: &core.random) {
                    // Between any two steps of a process, time may pass.
                    state.frozenUntil = core.now + pause
                    core.queues[queue] = state
                    core.eventQueue.add(at: state.frozenUntil) {}
                    continue
                }
                let job = state.take(using: &core.random)
                core.queues[queue] = state
                core.steps += 1
                return job
            }
        }
    }

    private func takeHappening(until end: SimulatedTime) -> (@Sendable () -> Void)? {
        core.withLock { core in
            guard let next = core.eventQueue.next, next <= end else {
                core.now = max(core.now, end)
                return nil
            }
            core.now = max(core.now, next)
            return core.eventQueue.take()
        }
    }
}

extension Scheduler.Core {
    /// One of the queues that have a step to run, each as likely as the others.
    fileprivate mutating func readyQueue() -> JobQueueID? {
        var found: JobQueueID?
        var count: UInt64 = 0
        // Reservoir sampling: no list is made, as this is what a simulation does most.
        for queue in order where queues[queue]?.isReady(at: now) == true {
            count += 1
            if count == 1 || random.next() % count == 0 { found = queue }
        }
        return found
    }
}
