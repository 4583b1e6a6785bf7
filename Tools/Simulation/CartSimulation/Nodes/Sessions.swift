internal import ActorRuntime
internal import Ownership
internal import Synchronization

/// All sessions of a simulation, with the processes that they belong to.
final class Sessions: Sendable {
    private struct Entry {
        let handle: SessionHandle
        let liveness: ProcessLiveness
        /// The clock of the process.
        let clock: SimulatedClock
    }

    private let entries = Mutex<[SessionID: Entry]>([:])
    /// The last session of each process.
    private let latest = Mutex<[ObjectIdentifier: SessionHandle]>([:])

    /// Begins a session of a process.
    ///
    /// - Returns: the session, and the former one of the process.
    func begin(_ liveness: ProcessLiveness, lease: LeasePolicy, by clock: SimulatedClock) -> (
        fresh: SessionHandle, former: SessionHandle?
    ) {
        entries.withLock { entries in
            let id = SessionID("\(liveness.name).\(entries.count + 1)")
            let fresh = SessionHandle(id: id, policy: lease)
            entries[id] = Entry(handle: fresh, liveness: liveness, clock: clock)
            let former = latest.withLock { $0.updateValue(fresh, forKey: ObjectIdentifier(liveness)) }
            return (fresh, former)
        }
    }

    /// Notes a trouble that all processes have.
    func noteTrouble(until end: SimulatedTime) {
        for entry in entries.withLock({ Array($0.values) }) { entry.liveness.noteTrouble(until: end) }
    }

    /// The end of the last trouble of a session's process; nil for a session that is not known.
    func lastTrouble(of session: SessionID) -> SimulatedTime? {
        entries.withLock { $0[session] }?.liveness.lastTrouble
    }

    /// Number of sessions begun so far.
    var count: Int { entries.withLock(\.count) }

    /// True if the session's process is alive and its lease has not expired.
    func mayAct(_ session: SessionID) -> Bool {
        guard let entry = entries.withLock({ $0[session] }), entry.liveness.isAlive else { return false }
        return entry.handle.mayAct(at: entry.clock.now)
    }
}

/// Tells all parts of a simulated process whether it is still alive, and since when nothing has hindered it.
final class ProcessLiveness: Sendable {
    let name: String
    private let alive = Atomic<Bool>(true)
    private let leaving = Atomic<Bool>(false)
    private let trouble = Mutex<SimulatedTime>(.zero)
    private let tripwire = Mutex<(script: String, action: @Sendable () -> Void)?>(nil)

    init(name: String) {
        self.name = name
    }

    /// The end of the last trouble that could end a session: an answer of Redis that failed or came late, a
    /// pause, or a new generation of data.
    var lastTrouble: SimulatedTime { trouble.withLock { $0 } }

    func noteTrouble(until end: SimulatedTime) {
        trouble.withLock { $0 = max($0, end) }
    }

    /// Has `action` happen once, as soon as Redis has executed the process's next call of a script.
    func afterNext(_ script: String, _ action: @escaping @Sendable () -> Void) {
        tripwire.withLock { $0 = (script, action) }
    }

    /// Notes that Redis has executed a call of this process.
    func executed(_ script: String) {
        let action = tripwire.withLock { tripwire -> (@Sendable () -> Void)? in
            guard let set = tripwire, set.script == script else { return nil }
            tripwire = nil
            return set.action
        }
        action?()
    }

    var isAlive: Bool { alive.load(ordering: .relaxed) }

    /// True once the process began to drain.
    var isLeaving: Bool { leaving.load(ordering: .relaxed) }

    func noteLeaving() { leaving.store(true, ordering: .relaxed) }

    func stop() { alive.store(false, ordering: .relaxed) }
}
