internal import Synchronization

/// One path between two processes: carries a request there and its answer back, or loses either, or holds it for a while.
final class NetworkPath: Sendable {
    private struct State {
        var conditions = NetworkConditions.reliable
        var cut: PartitionDirection?
        var cutUntil = SimulatedTime.zero
        /// How often everything was mended.
        var healed = 0
    }

    /// What became of a request from its sender's side.
    enum End<Answer: Sendable>: Sendable {
        case answered(Answer)
        /// Nobody listens there: nothing left.
        case refused
        /// It left, and nothing came back in time.
        case silent
        /// It left, and the connection broke.
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

    func cut(_ cut: PartitionDirection, until end: SimulatedTime) {
        state.withLock { state in
            state.cut = cut
            state.cutUntil = end
        }
    }

    /// Everything arrives from now on; what is still held up never does, or it would go on being a fault.
    func heal() {
        state.withLock { $0 = State(healed: $0.healed + 1) }
    }

    private var healed: Int { state.withLock { $0.healed } }

    private var conditions: NetworkConditions { state.withLock { $0.conditions } }

    private var cut: PartitionDirection? {
        state.withLock { [now = scheduler.now] in $0.cutUntil > now ? $0.cut : nil }
    }

    /// Sends a request and waits for what comes of it.
    ///
    /// - Parameters:
    ///   - patience: how long the sender waits.
    ///   - listens: whether anybody takes connections there, asked when the request leaves.
    ///   - deliver: takes the request at the other end, and what its answer, or nil for a broken connection, is given to.
    func exchange<Answer: Sendable>(
        within patience: SimulatedTime,
        listens: @escaping @Sendable () -> Bool,
        deliver: @escaping @Sendable (_ answer: @escaping @Sendable (Answer?) -> Void) -> Void
    ) async -> End<Answer> {
        let end = OneShot<End<Answer>>()
        let conditions = conditions
        guard listens() || cut?.stopsRequests == true else {
            scheduler.after(scheduler.time(in: conditions.latency)) { end.fulfil(.refused) }
            return await end.value()
        }
        let alarm = scheduler.after(patience) { end.fulfil(.silent) }
        var there = scheduler.time(in: conditions.latency)
        var arrives = !scheduler.chance(conditions.lostRequests)
        if cut?.stopsRequests == true {
            // What a cut holds up is lost, or comes through much later.
            arrives = scheduler.chance(0.3)
            there = scheduler.time(in: NetworkConditions.latest)
        } else if scheduler.chance(conditions.lateRequests) {
            there = scheduler.time(in: NetworkConditions.latest)
        }
        if arrives {
            let before = healed
            scheduler.after(there) { [self] in
                guard healed == before else { return }
                deliver { [self] answer in
                    let conditions = self.conditions
                    let isLost = scheduler.chance(conditions.lostAnswers) || cut?.stopsAnswers == true
                    guard !isLost else { return }
                    scheduler.after(scheduler.time(in: conditions.latency)) {
                        end.fulfil(answer.map { .answered($0) } ?? .broken)
                    }
                }
            }
        }
        let result = await end.value()
        scheduler.cancel(alarm)
        return result
    }
}
