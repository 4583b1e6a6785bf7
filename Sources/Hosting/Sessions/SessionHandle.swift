package import Ownership
import Synchronization

/// One session of this node, shared by everything that acts under it.
package final class SessionHandle: Sendable {
    package let id: SessionID
    private let machine: Mutex<SessionMachine>
    private let attempts = Atomic<UInt64>(0)
    private let commits = Atomic<UInt64>(0)

    package init(id: SessionID, policy: LeasePolicy) {
        self.id = id
        self.machine = Mutex(SessionMachine(policy: policy))
    }

    /// Whether the session may act at `now`; once this was false after having been true, it stays false.
    package func mayAct(at now: ContinuousClock.Instant) -> Bool {
        machine.withLock { $0.mayAct(at: now) }
    }

    /// Whether the session ended.
    package func isOver(at now: ContinuousClock.Instant) -> Bool {
        machine.withLock { $0.isOver(at: now) }
    }

    /// The next attempt of a claim or republish: larger than every one before it.
    package func nextAttempt() -> ClaimAttempt {
        ClaimAttempt(attempts.add(1, ordering: .relaxed).newValue)
    }

    /// A commit id that nobody had and nobody will have.
    package func nextCommit() -> CommitID {
        CommitID("\(id.rawValue).\(String(commits.add(1, ordering: .relaxed).newValue, radix: 36))")
    }

    func heartbeatAnswered(
        _ answer: SessionMachine.Answer,
        sentAt: ContinuousClock.Instant,
        now: ContinuousClock.Instant
    ) {
        machine.withLock { _ = $0.heartbeatAnswered(answer, sentAt: sentAt, now: now) }
    }

    func leave() {
        machine.withLock { $0.leave() }
    }

    /// The state, for a log line.
    var state: SessionMachine.State {
        machine.withLock { $0.state }
    }
}
