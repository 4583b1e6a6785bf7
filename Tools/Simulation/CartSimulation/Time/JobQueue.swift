internal import DequeModule
internal import SeededRandom

/// Identifies a job queue within its simulation.
struct JobQueueID: Hashable, Sendable {
    let number: UInt64
}

/// One job of a simulated process, with what runs it.
enum QueuedJob: Sendable {
    case ofTask(UnownedJob, SimulatedTaskExecutor)
    case ofActor(UnownedJob, SimulatedSerialExecutor)
    case turn(of: SimulatedEventLoop, @Sendable () -> Void)

    func run() {
        switch self {
        case .ofTask(let job, let executor): job.runSynchronously(on: executor.asUnownedTaskExecutor())
        case .ofActor(let job, let executor): job.runSynchronously(on: executor.asUnownedSerialExecutor())
        case .turn(let loop, let task): loop.run(task)
        }
    }
}

/// Jobs that wait to run, as the threads of one process would run them.
struct JobQueue: Sendable {
    /// Number of jobs at the front from which the next is drawn, as the threads of a pool overtake each
    /// other.
    private static let reach = 4

    var jobs = Deque<QueuedJob>()
    var frozenUntil: SimulatedTime = .zero
    let hiccups: Hiccups

    init(hiccups: Hiccups) {
        self.hiccups = hiccups
    }

    func isReady(at now: SimulatedTime) -> Bool { !jobs.isEmpty && frozenUntil <= now }

    /// Removes the next job. The queue must not be empty.
    mutating func take(using random: inout SplitMix64) -> QueuedJob {
        guard hiccups.reorders, jobs.count > 1 else { return jobs.removeFirst() }
        return jobs.remove(at: Int.random(in: 0..<min(Self.reach, jobs.count), using: &random))
    }
}

/// Scheduling delays of a queue in the absence of faults.
struct Hiccups: Sendable {
    /// True if jobs may overtake each other.
    let reorders: Bool
    /// Probability of a pause before a job.
    let probability: Double
    /// Upper bound of a pause before a job.
    let longest: SimulatedTime

    /// Jobs run in order, without a pause.
    static let none = Hiccups(reorders: false, probability: 0, longest: .zero)

    /// True if no pause before a job can cost a node its session.
    var areShort: Bool { probability == 0 || longest <= .milliseconds(100) }

    /// The same pauses, without reordering.
    var inOrder: Hiccups { Hiccups(reorders: false, probability: probability, longest: longest) }

    /// The pause between a decision to send and the sending, where it does the most harm: twice as likely as
    /// before a job, and up to three times as long: at most about a lease.
    ///
    /// - Returns: nil for no pause.
    func pauseInSending(using random: inout SplitMix64) -> SimulatedTime? {
        guard probability > 0, random.unit() < probability * 2 else { return nil }
        return SimulatedTime(nanoseconds: .random(in: 1...max(1, longest.nanoseconds * 3), using: &random))
    }

    /// The pause before a job; nil for none.
    func pause(using random: inout SplitMix64) -> SimulatedTime? {
        guard probability > 0, Double.random(in: 0..<1, using: &random) < probability else { return nil }
        return SimulatedTime(nanoseconds: .random(in: 1...max(1, longest.nanoseconds), using: &random))
    }
}

/// The thread pool of a simulated process.
final class SimulatedTaskExecutor: TaskExecutor {
    let queue: JobQueueID
    private let scheduler: Scheduler

    init(_ scheduler: Scheduler, _ hiccups: Hiccups) {
        self.scheduler = scheduler
        queue = scheduler.makeQueue(hiccups)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        scheduler.enqueue(.ofTask(UnownedJob(job), self), on: queue)
    }
}

/// The heartbeat thread of a simulated process.
final class SimulatedSerialExecutor: SerialExecutor {
    let queue: JobQueueID
    private let scheduler: Scheduler

    init(_ scheduler: Scheduler, _ hiccups: Hiccups) {
        self.scheduler = scheduler
        queue = scheduler.makeQueue(hiccups)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        scheduler.enqueue(.ofActor(UnownedJob(job), self), on: queue)
    }
}
