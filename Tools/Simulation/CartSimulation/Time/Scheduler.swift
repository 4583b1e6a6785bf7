internal import SeededRandom
internal import Synchronization

/// The single thread of control of a simulation: every job of every process and every event runs here, in an
/// order that the seed determines.
///
/// Time stands still while any job is ready and jumps to the next event when none is. The caller of `run`
/// provides the thread; no other thread may use the scheduler meanwhile.
package final class Scheduler: Sendable {
    /// The mutable state. Its lock is never contended: it only shows the compiler that access is exclusive.
    fileprivate struct Core {
        var now: SimulatedTime = .zero
        var eventQueue = EventQueue()
        var queues: [JobQueueID: JobQueue] = [:]
        /// Queues in order of creation, so that the choice among them does not depend on hashing.
        var order: [JobQueueID] = []
        var lastQueue: UInt64 = 0
        var random: SplitMix64
        var steps: UInt64 = 0
        /// True once scheduling delays are disabled for all queues.
        var isCalm = false
    }

    private let core: Mutex<Core>
    package let trace: Trace

    package init(seed: UInt64, trace: Trace) {
        core = Mutex(Core(random: SplitMix64(seed: seed)))
        self.trace = trace
    }

    // MARK: Time

    /// Simulated time since the start.
    package var now: SimulatedTime { core.withLock { $0.now } }

    /// Number of jobs that ran so far.
    package var steps: UInt64 { core.withLock { $0.steps } }

    /// Schedules an event. With a `delay` of zero it runs at the current time, after all ready jobs.
    @discardableResult
    package func after(_ delay: SimulatedTime, _ action: @escaping @Sendable () -> Void) -> EventQueue.EventID
    {
        core.withLock { $0.eventQueue.add(at: $0.now + max(.zero, delay), action) }
    }

    /// Cancels an event that has not happened yet; no effect on others.
    package func cancel(_ event: EventQueue.EventID) {
        core.withLock { $0.eventQueue.cancel(event) }
    }

    // MARK: Chance

    /// The next random number of the seed.
    package func random() -> UInt64 { core.withLock { $0.random.next() } }

    /// Returns true with the given probability.
    package func chance(_ probability: Double) -> Bool {
        probability > 0 && core.withLock { Double.random(in: 0..<1, using: &$0.random) } < probability
    }

    /// A random time within a range.
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

    /// A random element; nil if there is none.
    package func pick<Element: Sendable>(_ elements: [Element]) -> Element? {
        core.withLock { elements.randomElement(using: &$0.random) }
    }

    // MARK: Queues

    /// Creates a queue for jobs.
    func makeQueue(_ hiccups: Hiccups) -> JobQueueID {
        core.withLock { core in
            core.lastQueue += 1
            let id = JobQueueID(number: core.lastQueue)
            core.queues[id] = JobQueue(hiccups: hiccups)
            core.order.append(id)
            return id
        }
    }

    func enqueue(_ job: QueuedJob, on queue: JobQueueID) {
        core.withLock { $0.queues[queue]?.jobs.append(job) }
    }

    /// Stops a queue until `end`. An earlier, longer stop stays in force.
    func freeze(_ queue: JobQueueID, until end: SimulatedTime) {
        core.withLock { core in
            guard var state = core.queues[queue], state.frozenUntil < end else { return }
            state.frozenUntil = end
            core.queues[queue] = state
            core.eventQueue.add(at: end) {}
        }
    }

    /// Lets a stopped queue continue at once.
    func thaw(_ queue: JobQueueID) {
        core.withLock { $0.queues[queue]?.frozenUntil = .zero }
    }

    /// Pauses the caller between its decision to send and the sending, if the hiccups' probability says so.
    func pauseBeforeSending(_ hiccups: Hiccups) async {
        let pause = core.withLock { $0.isCalm ? nil : hiccups.pauseInSending(using: &$0.random) }
        guard let pause else { return }
        let over = OneShot<Void>()
        after(pause) { over.fulfil(()) }
        await over.value()
    }

    /// True once scheduling delays are disabled.
    var isCalm: Bool { core.withLock { $0.isCalm } }

    /// Disables scheduling delays and lets all stopped queues continue.
    func disableHiccups() {
        core.withLock { core in
            core.isCalm = true
            for queue in core.order { core.queues[queue]?.frozenUntil = .zero }
        }
    }

    // MARK: The thread

    /// Runs until `end`, until `isDone` returns true after an event, or until no job and no event is left.
    package func run(until end: SimulatedTime, isDone: () -> Bool = { false }) {
        while true {
            while let job = takeJob() { job.run() }
            guard !isDone(), let action = takeEvent(until: end) else { return }
            action()
        }
    }

    private func takeJob() -> QueuedJob? {
        core.withLock { core in
            while true {
                guard let queue = core.readyQueue(), var state = core.queues[queue] else { return nil }
                if !core.isCalm, let pause = state.hiccups.pause(using: &core.random) {
                    // Time may pass between any two jobs of a process.
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

    private func takeEvent(until end: SimulatedTime) -> (@Sendable () -> Void)? {
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
    /// A random queue that has a job to run; nil if there is none. All are equally likely.
    fileprivate mutating func readyQueue() -> JobQueueID? {
        var found: JobQueueID?
        var count: UInt64 = 0
        // Reservoir sampling: it allocates no list. This is what a simulation does most.
        for queue in order where queues[queue]?.isReady(at: now) == true {
            count += 1
            if count == 1 || random.next() % count == 0 { found = queue }
        }
        return found
    }
}
