internal import Synchronization

/// A path between two processes: it delivers, loses or delays requests and their answers.
final class NetworkPath: Sendable {
    private struct State {
        var conditions = NetworkConditions.reliable
        var cut: PartitionDirection?
        var cutUntil = SimulatedTime.zero
        var hold: Hold?
        /// Number of times that the path was healed.
        var healed = 0
    }

    /// A delay of all requests of some kinds.
    struct Hold: Sendable {
        let kinds: Set<String>
        /// Requests sent later are not delayed.
        let sentUntil: SimulatedTime
        /// The time at which the delayed requests arrive.
        let arrival: SimulatedTime
    }

    /// The outcome of a request for its sender.
    enum Outcome<Answer: Sendable>: Sendable {
        case answered(Answer)
        /// No process listens there: the request was not sent.
        case refused
        /// The request was sent, and no answer came in time.
        case silent
        /// The request was sent, and the connection broke.
        case broken
    }

    let name: String
    private let scheduler: Scheduler
    private let state = Mutex(State())

    init(_ name: String, _ scheduler: Scheduler) {
        self.name = name
        self.scheduler = scheduler
    }

    func set(_ conditions: NetworkConditions) {
        state.withLock { $0.conditions = conditions }
    }

    func cut(_ direction: PartitionDirection, until end: SimulatedTime) {
        state.withLock { state in
            state.cut = direction
            state.cutUntil = end
        }
    }

    func hold(_ hold: Hold) {
        state.withLock { $0.hold = hold }
    }

    /// Makes the path reliable. Requests that are still delayed never arrive, as they would prolong the
    /// fault.
    func heal() {
        state.withLock { $0 = State(healed: $0.healed + 1) }
    }

    private var healed: Int { state.withLock { $0.healed } }

    private var conditions: NetworkConditions { state.withLock { $0.conditions } }

    /// The time that a request of this kind is delayed for; nil for one that is not held.
    private func delay(of kind: String?) -> SimulatedTime? {
        guard let kind, let hold = state.withLock({ $0.hold }), hold.kinds.contains(kind) else { return nil }
        let now = scheduler.now
        return now <= hold.sentUntil && now < hold.arrival ? hold.arrival - now : nil
    }

    private var cut: PartitionDirection? {
        state.withLock { [now = scheduler.now] in $0.cutUntil > now ? $0.cut : nil }
    }

    /// Sends a request and waits for its outcome. The parameters are those of `send`.
    func exchange<Answer: Sendable>(
        _ kind: String? = nil,
        within patience: SimulatedTime,
        listens: @escaping @Sendable () -> Bool,
        deliver: @escaping @Sendable (_ answer: @escaping @Sendable (Answer?) -> Void) -> Void
    ) async -> Outcome<Answer> {
        let outcome = OneShot<Outcome<Answer>>()
        send(kind, within: patience, listens: listens, deliver: deliver) { outcome.fulfil($0) }
        return await outcome.value()
    }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - kind: the kind of the request, by which it may be held.
    ///   - patience: the time-out of the sender.
    ///   - listens: returns true if a process accepts connections there; called when the request is sent.
    ///   - deliver: hands the request to the receiver, with a closure that takes its answer, or nil if the
    ///     connection breaks.
    ///   - completed: takes the outcome, once.
    func send<Answer: Sendable>(
        _ kind: String? = nil,
        within patience: SimulatedTime,
        listens: @escaping @Sendable () -> Bool,
        deliver: @escaping @Sendable (_ answer: @escaping @Sendable (Answer?) -> Void) -> Void,
        completed: @escaping @Sendable (Outcome<Answer>) -> Void
    ) {
        let conditions = conditions
        guard listens() || cut?.stopsRequests == true else {
            scheduler.after(scheduler.time(in: conditions.latency)) { completed(.refused) }
            return
        }
        let caller = PathCaller(completed)
        let alarm = scheduler.after(patience) { caller.finish(.silent) }
        var there = scheduler.time(in: conditions.latency)
        var arrives = !scheduler.chance(conditions.lostRequests)
        if cut?.stopsRequests == true {
            // A cut loses most requests and delays the others for long.
            arrives = scheduler.chance(0.3)
            there = scheduler.time(in: NetworkConditions.latest)
        } else if scheduler.chance(conditions.lateRequests) {
            there = scheduler.time(in: NetworkConditions.latest)
        }
        if let held = delay(of: kind) { (arrives, there) = (true, held) }
        if arrives {
            let before = healed
            scheduler.after(there) { [self] in
                guard healed == before else { return }
                deliver { [self] answer in
                    let conditions = self.conditions
                    let isLost = scheduler.chance(conditions.lostAnswers) || cut?.stopsAnswers == true
                    guard !isLost else { return }
                    scheduler.after(scheduler.time(in: conditions.latency)) { [scheduler] in
                        scheduler.cancel(alarm)
                        caller.finish(answer.map { .answered($0) } ?? .broken)
                    }
                }
            }
        }
    }
}

/// The sender of a request: the first of several possible outcomes wins.
private final class PathCaller<Answer: Sendable>: Sendable {
    private let isWaiting = Atomic<Bool>(true)
    private let completed: @Sendable (NetworkPath.Outcome<Answer>) -> Void

    init(_ completed: @escaping @Sendable (NetworkPath.Outcome<Answer>) -> Void) {
        self.completed = completed
    }

    func finish(_ outcome: NetworkPath.Outcome<Answer>) {
        if isWaiting.exchange(false, ordering: .relaxed) { completed(outcome) }
    }
}
