internal import ActorRuntime
internal import Ownership
internal import Synchronization

/// All sessions of a simulation, with the processes that they belong to.
final class Sessions: Sendable {
    private struct Entry {
        let handle: SessionHandle
        let liveness: ProcessLiveness
    }

    private let entries = Mutex<[SessionID: Entry]>([:])
    private let policy: LeasePolicy
    private let clock: SimulatedClock

    init(policy: LeasePolicy, clock: SimulatedClock) {
        self.policy = policy
        self.clock = clock
    }

    /// Begins a session of a process.
    func begin(_ liveness: ProcessLiveness) -> SessionHandle {
        entries.withLock { entries in
            let id = SessionID("\(liveness.name).\(entries.count + 1)")
            let handle = SessionHandle(id: id, policy: policy)
            entries[id] = Entry(handle: handle, liveness: liveness)
            return handle
        }
    }

    /// Number of sessions begun so far.
    var count: Int { entries.withLock(\.count) }

    /// True if the session's process is alive and its lease has not expired.
    func mayAct(_ session: SessionID) -> Bool {
        guard let entry = entries.withLock({ $0[session] }), entry.liveness.isAlive else { return false }
        return entry.handle.mayAct(at: clock.now)
    }
}

/// Tells all parts of a simulated process whether it is still alive.
final class ProcessLiveness: Sendable {
    let name: String
    private let alive = Atomic<Bool>(true)

    init(name: String) {
        self.name = name
    }

    var isAlive: Bool { alive.load(ordering: .relaxed) }

    func stop() { alive.store(false, ordering: .relaxed) }
}
