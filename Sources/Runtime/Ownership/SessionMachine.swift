/// Decides whether this node may still act under its session, and until when.
///
/// A session that is once found to be over stays over: acting again means a new session with a new id.
package struct SessionMachine: Sendable, Equatable {
    package typealias Instant = ContinuousClock.Instant

    package enum State: Equatable, Sendable {
        /// No heartbeat was answered yet: no right to act. Can become `valid` or `over`.
        case registering
        /// We may act until `deadline`, counted from the instant the last heartbeat *left*. Can become
        /// `over`.
        case valid(deadline: Instant)
        /// Our right ended. Terminal.
        case over(End)
    }

    /// The reason for the end of a session.
    package enum End: Equatable, Sendable {
        /// No heartbeat was answered in time.
        case expired
        /// Another node wrote our tombstone.
        case declaredDead
        /// We left in good order.
        case left
    }

    /// The store's answer to a heartbeat.
    package enum Answer: Equatable, Sendable {
        /// The entry is a tombstone.
        case dead
        /// The entry's counter moved. `extends` is false where the lease may not be extended by this answer:
        /// its generation is not swept yet, or the replicas did not confirm it.
        case alive(extends: Bool)
    }

    package private(set) var state: State = .registering
    private let policy: LeasePolicy

    package init(policy: LeasePolicy) {
        self.policy = policy
    }

    /// Takes a heartbeat's answer in; returns true if the session may act now.
    ///
    /// - Parameter sentAt: the instant at which the heartbeat left, read *before* it was handed to the
    ///   connection.
    @discardableResult
    package mutating func heartbeatAnswered(_ answer: Answer, sentAt: Instant, now: Instant) -> Bool {
        guard !isOver(at: now) || !SafetyRule.overStaysOver.holds else { return false }
        switch answer {
        case .dead:
            if SafetyRule.deadEndsSession.holds { state = .over(.declaredDead) }
        case .alive(extends: false):
            break
        case .alive(extends: true):
            let granted = (SafetyRule.deadlineFromSend.holds ? sentAt : now) + policy.right
            switch state {
            case .registering: state = .valid(deadline: granted)
            case .valid(let deadline): state = .valid(deadline: max(deadline, granted))
            case .over where SafetyRule.overStaysOver.holds: break
            case .over: state = .valid(deadline: granted)
            }
        }
        return mayAct(at: now)
    }

    /// Ends the session because its node leaves.
    package mutating func leave() {
        switch state {
        case .registering, .valid: state = .over(.left)
        case .over: break
        }
    }

    /// The instant at which the right to act ends; nil where there is none.
    package var deadline: Instant? {
        switch state {
        case .valid(let deadline): deadline
        case .registering, .over: nil
        }
    }

    /// The instant at which the last heartbeat left that extended the lease; nil without a lease.
    package var confirmedAt: Instant? { deadline.map { $0 - policy.right } }

    /// True if the session may act at `now`. The first time that a deadline is found to have passed, the
    /// session is over for good.
    package mutating func mayAct(at now: Instant) -> Bool {
        guard !isOver(at: now) else { return false }
        switch state {
        case .registering, .over: return false
        case .valid: return true
        }
    }

    /// True if the session ended, by `now` at the latest.
    package mutating func isOver(at now: Instant) -> Bool {
        switch state {
        case .registering:
            return false
        case .valid(let deadline):
            guard now >= deadline, SafetyRule.deadlineCheck.holds else { return false }
            state = .over(.expired)
            return true
        case .over:
            return true
        }
    }
}
