internal import NIOCore
internal import Synchronization

/// A caller that waits for a reply, or for all replies to a pipeline. The first outcome resumes it; later
/// ones have no effect.
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
    /// The number of commands of a pipeline; nil for a single command.
    private let pipelineCount: Int?
    /// The replies to a pipeline so far.
    private let replies = Mutex<[RedisValue]>([])

    /// The script that the command runs; nil for none.
    let script: RedisScript?

    /// A caller with one command.
    ///
    /// - Parameter script: the script that it runs; nil for none.
    init(running script: RedisScript? = nil) {
        pipelineCount = nil
        self.script = script
    }

    /// A caller with a pipeline of so many commands. Its outcome is an array of their replies, errors among
    /// them.
    init(pipelineOf count: Int) {
        pipelineCount = count
        script = nil
        replies.withLock { $0.reserveCapacity(count) }
    }

    /// Suspends the calling task until it has an outcome.
    ///
    /// - Parameter submit: sends what the outcome depends on, and returns the reason if that is refused. Runs
    ///   on `eventLoop`.
    func outcome(
        on eventLoop: any EventLoop,
        submit: @escaping @Sendable () -> RedisError?
    ) async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard begin(continuation) else { return }
                eventLoop.execute {
                    if let refusal = submit() { self.finish(.failure(refusal)) }
                }
            }
        } onCancel: {
            finish(.failure(.cancelled(sent: true)))
        }
    }

    /// The caller suspends.
    ///
    /// - Returns: true to send the command; false if the caller was cancelled before and has been resumed.
    private func begin(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
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

    /// Takes the next reply, and resumes the caller if it is the last one.
    func take(_ reply: RedisValue) {
        guard let pipelineCount else { return finish(reply.outcome) }
        let complete = replies.withLock { replies -> [RedisValue]? in
            replies.append(reply)
            return replies.count == pipelineCount ? replies : nil
        }
        if let complete { finish(.success(.array(complete))) }
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
}
