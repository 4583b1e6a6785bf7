internal import NIOCore
internal import Synchronization

/// One connection as its callers and its event loop share it: callers on any thread submit commands; the
/// event loop fetches them and delivers the replies.
///
/// One lock guards the state, and is never held while a caller is resumed. A burst of commands wakes the
/// event loop once, and is sent in one write.
final class RedisConnection: Sendable {
    private struct State {
        var pending: PendingCommandQueue<PendingReply?, ContinuousClock.Instant>
        var outbox = ByteBuffer()
        var fetcher: (@Sendable () -> Void)?
    }

    /// The longest time from a command's submission to its reply.
    let commandTimeout: Duration
    private let onEnd: @Sendable (RedisConnection, DisconnectReason) -> Void
    private let onMessage: RedisClient.MessageHandler?
    private let state: Mutex<State>

    /// - Parameters:
    ///   - onMessage: receives the messages of subscribed channels; without it they violate the protocol.
    ///   - onEnd: called once when the connection ends, before any waiting caller is resumed.
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

    /// The reason why the connection ended; nil while it is open.
    var end: DisconnectReason? {
        state.withLock { state in
            switch state.pending.state {
            case .open: nil
            case .over(let end): end
            }
        }
    }

    /// Sends a command and waits for its reply.
    ///
    /// - Parameter preface: a command to send directly before, whose reply is dropped.
    func send(
        _ command: RedisCommand,
        after preface: RedisCommand? = nil
    ) async throws(RedisError) -> RedisValue {
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

    /// Sends all commands of a pipeline, with none of others between them, and waits for all replies.
    ///
    /// - Returns: an array of the replies.
    func send(_ pipeline: RedisPipeline) async throws(RedisError) -> RedisValue {
        guard pipeline.count > 0 else { return .array([]) }
        let call = PendingReply(pipelineOf: pipeline.count)
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard call.begin(continuation) else { return }
                submit(pipeline, for: call)
            }
        } onCancel: {
            call.cancel()
        }.get()
    }

    private func submit(_ command: RedisCommand, after preface: RedisCommand?, for call: PendingReply) {
        let bytes = command.byteBound + (preface?.byteBound ?? 0)
        let nobody: PendingReply?? = preface == nil ? .none : .some(nil)
        submit(call) { pending, deadline in
            pending.submit(call, after: nobody, bytes: bytes, deadline: deadline)
        } write: { outbox in
            if let preface { outbox.writeCommand(preface) }
            outbox.writeCommand(command)
        }
    }

    private func submit(_ pipeline: RedisPipeline, for call: PendingReply) {
        submit(call) { pending, deadline in
            pending.submit(
                call,
                commands: pipeline.count,
                bytes: pipeline.bytes.readableBytes,
                deadline: deadline
            )
        } write: { outbox in
            outbox.writeImmutableBuffer(pipeline.bytes)
        }
    }

    private func submit(
        _ call: PendingReply,
        enter: (inout PendingCommandQueue<PendingReply?, ContinuousClock.Instant>, ContinuousClock.Instant)
            -> PendingCommandQueue<PendingReply?, ContinuousClock.Instant>.Admission,
        write: (inout ByteBuffer) -> Void
    ) {
        let deadline = ContinuousClock.now + commandTimeout
        let (refusal, fetcher) = state.withLock { state -> (RedisError?, (@Sendable () -> Void)?) in
            switch enter(&state.pending, deadline) {
            case .refused(let error): return (error, nil)
            case .admitted(let wake):
                write(&state.outbox)
                return (nil, wake ? state.fetcher : nil)
            }
        }
        if let refusal { call.finish(.failure(refusal)) }
        fetcher?()
    }
}

// MARK: Called by the event loop

extension RedisConnection {
    /// Sets the function to call, from any thread, when a command waits to be sent and none did before.
    func attach(_ fetcher: @escaping @Sendable () -> Void) {
        let hasUnsent = state.withLock { state in
            state.fetcher = fetcher
            return state.pending.hasUnsent
        }
        if hasUnsent { fetcher() }
    }

    /// Exchanges an empty buffer for everything that waits to be sent; nil if nothing does.
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

    /// Delivers each reply to its caller.
    ///
    /// - Parameter isMidReply: whether a further reply has begun to arrive.
    /// - Returns: the reason for which the connection has to end: there are more replies than commands, one
    ///   that has begun included, or the server cannot serve this client; nil to go on.
    func deliver(_ replies: [RedisValue], isMidReply: Bool) -> DisconnectReason? {
        guard let onMessage else { return answer(replies, isMidReply: isMidReply) }
        var answers: [RedisValue] = []
        for reply in replies {
            if let message = RedisMessage(reply) { onMessage(message) } else { answers.append(reply) }
        }
        // A reply that has begun may turn out to be a message.
        return answer(answers, isMidReply: false)
    }

    private func answer(_ replies: [RedisValue], isMidReply: Bool) -> DisconnectReason? {
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
        let end = isExpected ? Self.end(after: replies) : .violation("unexpected reply")
        // Before the callers go on: what they send next must not go to this server.
        if let end { self.end(end) }
        for (call, reply) in zip(calls, replies) { call?.take(reply) }
        return end
    }

    /// The end of the connection that an error among the replies demands.
    private static func end(after replies: [RedisValue]) -> DisconnectReason? {
        for case .error(let error) in replies where error.endsConnection {
            return .lost("the server answered \(error)")
        }
        return nil
    }

    /// Looks for a command that has waited too long.
    func checkTimeout() -> PendingCommandQueue<PendingReply?, ContinuousClock.Instant>.TimeoutCheck {
        let now = ContinuousClock.now
        return state.withLock { $0.pending.checkTimeout(now: now) }
    }

    /// Ends the connection, and resumes every waiting caller. Only the first reason counts.
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
