internal import NIOCore
internal import Synchronization

/// The meeting place of one connection: callers on any thread leave commands, its event loop fetches them and brings replies.
///
/// One lock guards both, and is never held while anyone is resumed. A burst of commands wakes the event loop once, and leaves
/// in one write.
final class RedisConnection: Sendable {
    private struct State {
        var pending: PendingCommandQueue<PendingReply?, ContinuousClock.Instant>
        var outbox = ByteBuffer()
        var fetcher: (@Sendable () -> Void)?
    }

    /// How long a command may take, from its submission to its reply.
    let commandTimeout: Duration
    private let onEnd: @Sendable (RedisConnection, DisconnectReason) -> Void
    private let onMessage: RedisClient.MessageHandler?
    private let state: Mutex<State>

    /// - Parameters:
    ///   - onMessage: told what is published to a channel that was subscribed to; without it such a message is a violation.
    ///   - onEnd: told once that the connection is over, before anyone who waits is.
    init(
        _ configuration: RedisConfiguration,
        onMessage: RedisClient.MessageHandler? = nil,
        onEnd: @escaping @Sendable (RedisConnection, DisconnectReason) -> Void = { _, _ in }
    ) {
        self.onEnd = onEnd
        self.onMessage = onMessage
        commandTimeout = configuration.commandTimeout
        state = Mutex(
            State(
                pending: PendingCommandQueue(
                    limit: configuration.inFlightLimit,
                    unsentByteLimit: configuration.unsentByteLimit
                )
            )
        )
    }

    /// Why the connection is over, or nil while it stands.
    var end: DisconnectReason? {
        state.withLock { state in
            switch state.pending.state {
            case .open: nil
            case .over(let end): end
            }
        }
    }

    /// Asks Redis, after `preface`, whose reply nobody waits for and between which and the command nothing of ours comes.
    func send(_ command: RedisCommand, after preface: RedisCommand? = nil) async throws(RedisError)
        -> RedisValue
    {
        let call = PendingReply()
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard call.begin(continuation) else { return }
                submit(command, after: preface, for: call)
            }
        } onCancel: {
            call.cancel()
        }.get()
    }

    private func submit(_ command: RedisCommand, after preface: RedisCommand?, for call: PendingReply) {
        let bytes = command.byteBound + (preface?.byteBound ?? 0)
        let deadline = ContinuousClock.now + commandTimeout
        let (refusal, fetcher) = state.withLock { state -> (RedisError?, (@Sendable () -> Void)?) in
            let nobody: PendingReply?? = preface == nil ? .none : .some(nil)
            switch state.pending.submit(call, after: nobody, bytes: bytes, deadline: deadline) {
            case .refused(let error): return (error, nil)
            case .admitted(let wake):
                if let preface { state.outbox.writeCommand(preface) }
                state.outbox.writeCommand(command)
                return (nil, wake ? state.fetcher : nil)
            }
        }
        if let refusal { call.finish(.failure(refusal)) }
        fetcher?()
    }
}

/// What the event loop does here.
extension RedisConnection {
    /// From now on `fetcher` is called, from any thread, when something waits to be sent and nothing did before.
    func attach(_ fetcher: @escaping @Sendable () -> Void) {
        let hasUnsent = state.withLock { state in
            state.fetcher = fetcher
            return state.pending.hasUnsent
        }
        if hasUnsent { fetcher() }
    }

    /// Exchanges an empty buffer for everything that waits to be sent. Answers nil if nothing does.
    func fetch(leaving empty: inout ByteBuffer) -> ByteBuffer? {
        state.withLock { state in
            guard state.pending.hasUnsent else { return nil }
            state.pending.markSent()
            let full = state.outbox
            state.outbox = empty
            empty = ByteBuffer()
            return full
        }
    }

    /// Hands each reply to the one that asked. Answers false when somebody's reply is nobody's: a reply too many came, or
    /// (`isMidReply`) has begun.
    func deliver(_ replies: [RedisValue], isMidReply: Bool) -> Bool {
        guard let onMessage else { return answer(replies, isMidReply: isMidReply) }
        var answers: [RedisValue] = []
        for reply in replies {
            if let message = RedisMessage(reply) { onMessage(message) } else { answers.append(reply) }
        }
        // What has begun may be a message.
        return answer(answers, isMidReply: false)
    }

    private func answer(_ replies: [RedisValue], isMidReply: Bool) -> Bool {
        var calls: [PendingReply?] = []
        calls.reserveCapacity(replies.count)
        let isExpected = state.withLock { state in
            for _ in replies {
                switch state.pending.reply() {
                case .to(let call): calls.append(call)
                case .unexpected: return false
                }
            }
            return !isMidReply || state.pending.expectsReply
        }
        for (call, reply) in zip(calls, replies) {
            if case .error(let error) = reply {
                call?.finish(.failure(.server(error)))
            } else {
                call?.finish(.success(reply))
            }
        }
        return isExpected
    }

    /// What the clock has to say now.
    func checkTimeout() -> PendingCommandQueue<PendingReply?, ContinuousClock.Instant>.TimeoutCheck {
        let now = ContinuousClock.now
        return state.withLock { $0.pending.checkTimeout(now: now) }
    }

    /// The connection is over; the first reason stands. Everyone who waits is resumed.
    func end(_ end: DisconnectReason) {
        let now = ContinuousClock.now
        let failures = state.withLock {
            state -> [PendingCommandQueue<PendingReply?, ContinuousClock.Instant>.FailedCommand]? in
            guard state.pending.state == .open else { return nil }
            state.fetcher = nil
            state.outbox = ByteBuffer()
            return state.pending.end(end, now: now)
        }
        guard let failures else { return }
        onEnd(self, end)
        for failure in failures { failure.ticket?.finish(.failure(failure.error)) }
    }
}
