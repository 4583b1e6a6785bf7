internal import Synchronization

/// A caller that waits for a reply. The first outcome resumes it; later ones have no effect.
final class PendingReply: Sendable {
    typealias Outcome = Result<RedisValue, RedisError>

    private enum State {
        /// The caller does not wait yet. Can become `waiting` or `done`.
        case fresh
        /// The caller is suspended. Can become `done`.
        case waiting(CheckedContinuation<Outcome, Never>)
        /// The caller has its outcome, or was cancelled beforehand. Terminal.
        case done
    }

    private let state = Mutex(State.fresh)

    /// The caller suspends.
    ///
    /// - Returns: true to send the command; false if the caller was cancelled before and has been resumed.
    func begin(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
        let begins = state.withLock { state in
            switch state {
            case .fresh:
                state = .waiting(continuation)
                return true
            case .waiting: preconditionFailure("a call began twice")
            case .done: return false
            }
        }
        if !begins { continuation.resume(returning: .failure(.cancelled(sent: false))) }
        return begins
    }

    /// Resumes the caller with an outcome.
    func finish(_ outcome: Outcome) {
        let waiting = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            switch state {
            case .fresh, .done:
                state = .done
                return nil
            case .waiting(let continuation):
                state = .done
                return continuation
            }
        }
        waiting?.resume(returning: outcome)
    }

    /// Resumes the caller because its task was cancelled.
    func cancel() { finish(.failure(.cancelled(sent: true))) }
}
