package import Ownership
import Synchronization
import Timing

/// One session of this node, shared by everything that acts under it.
package final class SessionHandle: Sendable {
    package let id: SessionID
    private let machine: Mutex<SessionMachine>
    /// The deadline as the machine has it, in ticks from `origin`; in the past where there is none.
    /// Every request reads it, so it costs no lock while the session is valid; that it is over is decided by
    /// the machine alone.
    private let deadline = Atomic<Int64>(.min)
    private let origin = ContinuousClock.now
    private let attempts = Atomic<UInt64>(0)
    private let commits = Atomic<UInt64>(0)

    package init(id: SessionID, policy: LeasePolicy) {
        self.id = id
        self.machine = Mutex(SessionMachine(policy: policy))
    }

    /// True if the session may act at `now`. Once this was false after having been true, it stays false.
    package func mayAct(at now: ContinuousClock.Instant) -> Bool {
        if ticks(now) < deadline.load(ordering: .acquiring) { return true }
        return change { $0.mayAct(at: now) }
    }

    /// True if the session ended.
    package func isOver(at now: ContinuousClock.Instant) -> Bool {
        change { $0.isOver(at: now) }
    }

    /// The next attempt of a claim or republish: larger than every one before it.
    package func nextAttempt() -> ClaimAttempt {
        ClaimAttempt(attempts.add(1, ordering: .relaxed).newValue)
    }

    /// A commit id that nobody had and nobody will have.
    package func nextCommit() -> CommitID {
        CommitID(of: id, number: commits.add(1, ordering: .relaxed).newValue)
    }

    func heartbeatAnswered(
        _ answer: SessionMachine.Answer,
        sentAt: ContinuousClock.Instant,
        now: ContinuousClock.Instant
    ) {
        change { _ = $0.heartbeatAnswered(answer, sentAt: sentAt, now: now) }
    }

    /// The instant at which the right to act ends; nil where there is none.
    var endOfRight: ContinuousClock.Instant? {
        machine.withLock { $0.deadline }
    }

    /// The instant at which the last heartbeat left that extended the lease; nil without a lease.
    var confirmedAt: ContinuousClock.Instant? {
        machine.withLock { $0.confirmedAt }
    }

    func leave() {
        change { $0.leave() }
    }

    /// Moves the machine, and the deadline with it, under the lock.
    private func change<Result: Sendable>(_ body: (inout SessionMachine) -> Result) -> Result {
        machine.withLock { machine in
            defer {
                switch machine.state {
                case .valid(let end): deadline.store(ticks(end), ordering: .releasing)
                case .registering, .over: deadline.store(.min, ordering: .releasing)
                }
            }
            return body(&machine)
        }
    }

    /// Whole ticks of 2³⁰ attoseconds, about a nanosecond: finding them takes no division. Both sides are rounded
    /// down, so that an instant has fewer than the deadline only if it is before it.
    private func ticks(_ instant: ContinuousClock.Instant) -> Int64 {
        Int64(clamping: (instant - origin).attoseconds >> 30)
    }

    /// The state, for messages.
    package var state: SessionMachine.State {
        machine.withLock { $0.state }
    }
}
