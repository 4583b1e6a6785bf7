internal import ActorRuntime
internal import CartActor
internal import Ownership
internal import RuntimeTesting
internal import Synchronization

/// The simulated Redis as a process: it can be paused, crash, and restart with older data.
final class SimulatedRedisServer: Sendable {
    /// Carts are stored as fields, in the form that layouts write.
    typealias Store = SimulatedStore<[String: [UInt8]]>

    private enum Condition {
        /// It executes each request at once. Can become `paused` or `down`.
        case up
        /// It accepts requests and executes none. Can become `up` or `down`.
        case paused
        /// It does not listen. Can become `up`.
        case down
    }

    private struct State {
        var condition = Condition.up
        /// The refusal in force, and its end.
        var refusal: (kind: RedisRefusal, end: SimulatedTime)?
        /// Requests that came during a pause.
        var waiting: [@Sendable () -> Void] = []
        /// The carts whose keys another hand has overwritten at some time.
        var overwritten: Set<ActorID> = []
        /// States that its disk may hold after a crash, oldest first.
        var copies: [(time: SimulatedTime, contents: Store.Contents)] = []
    }

    /// Maximum age of a state that a crash can fall back to: more than `appendfsync everysec` may lose.
    private static let snapshotRetention: SimulatedTime = .milliseconds(3_000)

    let redis: SimulatedRedis<[String: [UInt8]]>
    private let scheduler: Scheduler
    private let state = Mutex(State())

    init(_ scheduler: Scheduler, clock: any HostClock) {
        self.scheduler = scheduler
        redis = SimulatedRedis(clock: clock)
    }

    /// True if it accepts connections.
    var listens: Bool {
        state.withLock { state in
            switch state.condition {
            case .up, .paused: true
            case .down: false
            }
        }
    }

    /// Takes a request, which is executed at once, after a pause, or never. `broken` is called if the server
    /// is down.
    func receive(_ execute: @escaping @Sendable () -> Void, broken: @escaping @Sendable () -> Void) {
        let condition = state.withLock { state in
            if case .paused = state.condition { state.waiting.append(execute) }
            return state.condition
        }
        switch condition {
        case .up: execute()
        case .paused: break
        case .down: broken()
        }
    }

    /// The failure of a script that is refused now; nil if it is executed.
    func failure(of script: String) -> StoreFailure? {
        let now = scheduler.now
        return state.withLock { state in
            guard let refusal = state.refusal, now < refusal.end else { return nil }
            return refusal.kind.failure(of: script)
        }
    }

    // MARK: Faults

    /// Refuses commands until a time.
    func refuse(_ refusal: RedisRefusal, until end: SimulatedTime) {
        state.withLock { $0.refusal = (refusal, end) }
    }

    func pause() {
        state.withLock { if case .up = $0.condition { $0.condition = .paused } }
    }

    /// Ends a pause and executes the requests that waited, or restarts a crashed server.
    func resume() {
        let waiting = state.withLock { state in
            state.condition = .up
            defer { state.waiting = [] }
            return state.waiting
        }
        for execute in waiting { execute() }
    }

    /// Ends the server at once; waiting requests are lost. `resume` starts it again.
    ///
    /// - Parameter loss: age of the data that the next process starts with; nil if nothing is lost.
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

    /// Takes all room for new data, or gives it back.
    func setFull(_ isFull: Bool) { redis.withStore { $0.isFull = isFull } }

    func forget(_ id: ActorID) { redis.withStore { $0.forget(id) } }

    /// Overwrites a cart's key with something that is no cart.
    func overwrite(_ id: ActorID, with reason: String) {
        state.withLock { _ = $0.overwritten.insert(id) }
        redis.withStore { $0.overwrite(id, with: reason) }
    }

    /// Puts back what was overwritten in a cart's key, if it is not there.
    ///
    /// - Returns: false if the key could be read.
    @discardableResult
    func putBack(_ id: ActorID) -> Bool { redis.withStore { $0.putBack(id) } }

    /// True if another hand has overwritten the cart's key at some time.
    func wasOverwritten(_ id: ActorID) -> Bool { state.withLock { $0.overwritten.contains(id) } }

    /// The time since a script last put off the end of a cart's life; nil if none did.
    func age(of id: ActorID) -> Duration? {
        do throws(StoreFailure) {
            return try redis.execute { store, time in store.age(of: id, at: time) }
        } catch {
            return nil
        }
    }

    /// Removes the carts that no script has touched for `retention`, and returns their ids; none while it
    /// executes nothing.
    func expire(after retention: Duration) -> [ActorID] {
        guard case .up = state.withLock({ $0.condition }) else { return [] }
        do throws(StoreFailure) {
            return try redis.execute { store, time in store.expire(after: retention, at: time) }
        } catch {
            return []
        }
    }

    /// Keeps a copy of the current data for a crash that loses later writes.
    func takeSnapshot() {
        let now = scheduler.now
        let contents = redis.withStore { $0.contents }
        state.withLock { state in
            state.copies.append((now, contents))
            state.copies.removeAll { $0.time < now - Self.snapshotRetention }
        }
    }

    /// The stored record of a cart; nil if there is none.
    func record(_ id: ActorID) -> Store.Record? {
        redis.withStore { store in
            guard case .record(let record)? = store.contents.slots[id] else { return nil }
            return record
        }
    }
}
