internal import ActorRuntime
internal import CartService
internal import Ownership
internal import RuntimeTesting
internal import Synchronization

/// The simulated Redis as a process: it can stand still, end, and begin again with less than it had.
final class SimulatedRedisServer: Sendable {
    /// Carts lie there in fields, as layouts write them.
    typealias Store = SimulatedStore<[String: [UInt8]]>

    private enum Condition {
        case up
        /// It takes what comes and does nothing. Can become `up`.
        case still
        /// Nobody listens. Can become `up`.
        case down
    }

    private struct State {
        var condition = Condition.up
        /// What came while it stood still.
        var waiting: [@Sendable () -> Void] = []
        /// What its disk may hold after an unclean end, oldest first.
        var copies: [(time: SimulatedTime, contents: Store.Contents)] = []
    }

    /// How much of the past its disk may fall back to: what `appendfsync everysec` may lose, and more.
    private static let memory: SimulatedTime = .milliseconds(3_000)

    let redis: SimulatedRedis<[String: [UInt8]]>
    private let scheduler: Scheduler
    private let state = Mutex(State())

    init(_ scheduler: Scheduler, clock: any HostClock) {
        self.scheduler = scheduler
        redis = SimulatedRedis(clock: clock)
    }

    /// Whether connections are taken.
    var listens: Bool {
        state.withLock { state in
            switch state.condition {
            case .up, .still: true
            case .down: false
            }
        }
    }

    /// A request came: it is executed at once, later, or never. `broken` is told where the server went away.
    func arrive(_ execute: @escaping @Sendable () -> Void, broken: @escaping @Sendable () -> Void) {
        let condition = state.withLock { state in
            if case .still = state.condition { state.waiting.append(execute) }
            return state.condition
        }
        switch condition {
        case .up: execute()
        case .still: break
        case .down: broken()
        }
    }

    // MARK: What befalls it

    func standStill() {
        state.withLock { if case .up = $0.condition { $0.condition = .still } }
    }

    /// It goes on, or is started again.
    func goOn() {
        let waiting = state.withLock { state in
            state.condition = .up
            defer { state.waiting = [] }
            return state.waiting
        }
        for execute in waiting { execute() }
    }

    /// It ends at once; what it had not executed is gone. Another process begins with `goOn`.
    ///
    /// - Parameter loss: how far back the data may be that the next one begins with; nil for all there was.
    func crash(losing loss: SimulatedTime?) {
        let now = scheduler.now
        let contents = state.withLock { state -> Store.Contents? in
            state.condition = .down
            state.waiting = []
            guard let loss else { return nil }
            let kept = state.copies.last { $0.time <= now - loss } ?? state.copies.first
            if let kept { state.copies.removeAll { $0.time > kept.time } }
            return kept?.contents
        }
        redis.withStore { $0.restart(with: contents) }
    }

    func flush() { redis.withStore { $0.flush() } }

    func forget(_ id: ActorID) { redis.withStore { $0.forget(id) } }

    /// Remembers what the data are now, as a disk that may be a little behind.
    func remember() {
        let now = scheduler.now
        let contents = redis.withStore { $0.contents }
        state.withLock { state in
            state.copies.append((now, contents))
            state.copies.removeAll { $0.time < now - Self.memory }
        }
    }

    /// What is stored for a cart.
    func record(_ id: ActorID) -> Store.Record? {
        redis.withStore { store in
            guard case .record(let record)? = store.contents.slots[id] else { return nil }
            return record
        }
    }
}
