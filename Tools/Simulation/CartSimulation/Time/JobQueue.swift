internal import CartWorkload
internal import DequeModule

/// Names one of a simulation's queues.
struct JobQueueID: Hashable, Sendable {
    let number: UInt64
}

/// One step of a process, and the executor in whose name it runs.
struct QueuedJob: Sendable {
    enum Runner: Sendable {
        case task(SimulatedTaskExecutor)
        case actor(SimulatedSerialExecutor)
    }

    let job: UnownedJob
    let runner: Runner

    func run() {
        switch runner {
        case .task(let executor): job.runSynchronously(on: executor.asUnownedTaskExecutor())
        case .actor(let executor): job.runSynchronously(on: executor.asUnownedSerialExecutor())
        }
    }
}

/// Steps that wait to be run, as one process's threads would run them.
struct JobQueue: Sendable {
    /// How far from the front a step may be taken: threads of a pool overtake each other.
    private static let reach = 4

    var jobs = Deque<QueuedJob>()
    var frozenUntil: SimulatedTime = .zero
    let hiccups: Hiccups

    init(hiccups: Hiccups) {
        self.hiccups = hiccups
    }

    func isReady(at now: SimulatedTime) -> Bool { !jobs.isEmpty && frozenUntil <= now }

    /// Takes the next step. Only where there is one.
    mutating func take(using random: inout SplitMix64) -> QueuedJob {
        guard hiccups.reorders, jobs.count > 1 else { return jobs.removeFirst() }
        return jobs.remove(at: Int.random(in: 0..<min(Self.reach, jobs.count), using: &random))
    }
}

/// How a queue's steps are held up where nothing is wrong with it.
struct Hiccups: Sendable {
    /// Whether steps may overtake each other.
    let reorders: Bool
    /// How often a pause comes before a step, and how long it is at most.
    let probability: Double
    let longest: SimulatedTime

    /// Steps come one after the other, without a pause.
    static let none = Hiccups(reorders: false, probability: 0, longest: .zero)

    /// The same pauses, but no step overtakes another.
    var inOrder: Hiccups { Hiccups(reorders: false, probability: probability, longest: longest) }

    /// The same between a decision to send and the sending, where a pause does the most harm: more often, and up to about a
    /// lease.
    func pauseInSending(using random: inout SplitMix64) -> SimulatedTime? {
        guard probability > 0, random.unit() < probability * 2 else { return nil }
        return SimulatedTime(nanoseconds: .random(in: 1...max(1, longest.nanoseconds * 3), using: &random))
    }

    func pause(using random: inout SplitMix64) -> SimulatedTime? {
        guard probability > 0, Double.random(in: 0..<1, using: &random) < probability else { return nil }
        return SimulatedTime(nanoseconds: .random(in: 1...max(1, longest.nanoseconds), using: &random))
    }
}

/// The threads that carry a process's tasks.
final class SimulatedTaskExecutor: TaskExecutor {
    let queue: JobQueueID
    private let scheduler: Scheduler

    init(_ scheduler: Scheduler, _ hiccups: Hiccups) {
        self.scheduler = scheduler
        queue = scheduler.makeQueue(hiccups)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        scheduler.enqueue(QueuedJob(job: UnownedJob(job), runner: .task(self)), on: queue)
    }
}

/// The thread of a process's heartbeats.
final class SimulatedSerialExecutor: SerialExecutor {
    let queue: JobQueueID
    private let scheduler: Scheduler

    init(_ scheduler: Scheduler, _ hiccups: Hiccups) {
        self.scheduler = scheduler
        queue = scheduler.makeQueue(hiccups)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        scheduler.enqueue(QueuedJob(job: UnownedJob(job), runner: .actor(self)), on: queue)
    }
}
