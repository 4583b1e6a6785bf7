internal import ActorRuntime
internal import Ownership
internal import Synchronization

/// Every session of a simulation, with the process that it belongs to.
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

    /// A new session of a process.
    func begin(_ liveness: ProcessLiveness) -> SessionHandle {
        entries.withLock { entries in
            let id = SessionID("\(liveness.name).\(entries.count + 1)")
            let handle = SessionHandle(id: id, policy: policy)
            entries[id] = Entry(handle: handle, liveness: liveness)
            return handle
        }
    }

    /// How many there were so far.
    var count: Int { entries.withLock(\.count) }

    /// Whether a session's process lives and its lease has not run out.
    func mayAct(_ session: SessionID) -> Bool {
        guard let entry = entries.withLock({ $0[session] }), entry.liveness.isAlive else { return false }
        return entry.handle.mayAct(at: clock.now)
    }
}

/// Whether a process lives.
final class ProcessLiveness: Sendable {
    let name: String
    private let alive = Atomic<Bool>(true)

    init(name: String) {
        self.name = name
    }

    var isAlive: Bool { alive.load(ordering: .relaxed) }

    func stop() { alive.store(false, ordering: .relaxed) }
}
