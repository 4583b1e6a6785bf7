internal import Synchronization

/// One caller that waits for one reply. Whoever comes first with an outcome resumes it; everyone later changes nothing.
final class PendingReply: Sendable {
    typealias Outcome = Result<RedisValue, RedisError>

    private enum State {
        /// Nobody waits yet. Can become `waiting` or `done`.
        case fresh
        /// The caller is suspended. Can become `done`.
        case waiting(CheckedContinuation<Outcome, Never>)
        /// The caller has its outcome, or was cancelled before it began. Terminal.
        case done
    }

    private let state = Mutex(State.fresh)

    /// The caller suspends. Answers whether the command shall still be sent; if not, the caller is resumed already.
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

    /// Here is the outcome.
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

    /// The caller's task was cancelled.
    func cancel() { finish(.failure(.cancelled(sent: true))) }
}
