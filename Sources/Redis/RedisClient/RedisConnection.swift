internal import NIOCore

/// One connection: the commands that wait on it, and what is to be sent. Confined to its event loop.
///
/// On the hot path. The commands of one turn of the loop leave in one write.
final class RedisConnection {
    typealias Queue = PendingCommandQueue<RedisCaller, ContinuousClock.Instant>

    private var pending: Queue
    private var outbox = RedisCommandWriter()
    /// The buffer that was sent last, for reuse.
    private var spare = ByteBuffer()
    /// Sends everything that waits to be sent; nil before the socket is there, and after the end.
    private var sender: (@Sendable () -> Void)?
    /// Closes the socket; nil before that is there, and after the end.
    private var closer: (() -> Void)?
    /// True if the sender runs at the end of this turn.
    private var isSenderDue = false
    /// The deadline of the commands that are submitted before the sender runs.
    private var deadline: ContinuousClock.Instant
    /// The recipients of the replies at hand. Kept for its storage.
    private var recipients: [RedisCaller] = []

    private let client: RedisClient
    private let eventLoop: any EventLoop
    /// The longest time from a command's submission to its reply.
    private let commandTimeout: Duration
    private let counts: CommandCounts

    init(of client: RedisClient) {
        self.client = client
        eventLoop = client.eventLoop
        counts = client.commandCounts.value
        commandTimeout = client.configuration.commandTimeout
        deadline = .now + commandTimeout
        pending = Queue(
            limit: client.configuration.inFlightLimit,
            unsentByteLimit: client.configuration.unsentByteLimit
        )
    }

    /// The number of commands that wait for their replies.
    var inFlight: Int { pending.commandCount }

    /// The reason why the connection ended; nil while it is open.
    var end: DisconnectReason? {
        switch pending.state {
        case .open: nil
        case .over(let end): end
        }
    }
}

// MARK: Called by the client

extension RedisConnection {
    /// Queues the command of an attempt.
    ///
    /// - Returns: the reason why that is refused, if it is.
    func submit(_ attempt: LoopAttempt) -> RedisError? {
        submit(.loop(attempt), after: attempt.preface) { attempt.append(to: &$0) }
    }

    /// Queues commands of a task.
    ///
    /// - Parameter preface: commands to send directly before, whose replies are dropped.
    /// - Returns: the reason why that is refused, if it is.
    func submit(
        _ commands: RedisPipeline,
        after preface: RedisPipeline?,
        for call: PendingReply
    ) -> RedisError? {
        submit(.task(call), commands: commands.count, after: preface) { $0.append(commands.commands) }
    }

    /// Ends the subscription to a channel of a shard. The server tells that by an event, which it also sends without
    /// having been asked to: so only an error is a reply, and a `PING` ends the uncertainty.
    func submitUnsubscription(from channel: String, for call: PendingReply) -> RedisError? {
        var commands = RedisPipeline("SUNSUBSCRIBE", [.string(channel)])
        commands.append("PING")
        return submit(.task(call), optional: 1, after: nil) { $0.append(commands.commands) }
    }

    private func submit(
        _ caller: RedisCaller,
        commands: Int = 1,
        optional: Int = 0,
        after preface: RedisPipeline?,
        write: (inout RedisCommandWriter) -> Void
    ) -> RedisError? {
        let start = outbox.count
        if let preface { outbox.append(preface.commands) }
        write(&outbox)
        scheduleSender()
        let refusal = pending.submit(
            caller,
            after: preface.map { (.nobody, $0.count) },
            commands: commands,
            optional: optional,
            bytes: outbox.count - start,
            deadline: deadline
        )
        if refusal != nil { outbox.truncate(to: start) }
        return refusal
    }

    /// Everything that waits is sent after whatever else this turn of the loop does.
    private func scheduleSender() {
        guard !isSenderDue else { return }
        deadline = .now + commandTimeout
        guard let sender else { return }
        isSenderDue = true
        eventLoop.execute(sender)
    }
}

// MARK: Called by the channel's handler

extension RedisConnection {
    /// Sets the function that sends everything that waits, and calls it if something does; and the one that closes the
    /// socket.
    func attach(_ sender: @escaping @Sendable () -> Void, closer: @escaping () -> Void) {
        self.sender = sender
        self.closer = closer
        if pending.hasUnsent { sender() }
    }

    /// Passes on everything that waits to be sent, if something does. The commands of later turns have their
    /// own deadline, also if a congested socket takes nothing now.
    func flush(whenWritable isWritable: Bool, _ send: (ByteBuffer) -> Void) {
        isSenderDue = false
        guard isWritable, pending.hasUnsent else { return }
        pending.markSent()
        spare.clear()
        let full = outbox.take(leaving: spare)
        spare = ByteBuffer()
        send(full)
        if full.capacity <= Self.keptCapacity { spare = full }
    }

    /// Delivers each reply to its caller.
    ///
    /// - Parameter isMidReply: whether a further reply has begun to arrive.
    /// - Returns: the reason for which the connection has to end: there are more replies than commands, one
    ///   that has begun included, or the server cannot serve this client; nil to go on.
    func deliver(_ replies: [RedisValue], isMidReply: Bool) -> DisconnectReason? {
        guard let onMessage = client.onMessage else { return answer(replies, isMidReply: isMidReply) }
        var answers: [RedisValue] = []
        for reply in replies {
            if let message = RedisMessage(reply) { onMessage(message) } else { answers.append(reply) }
        }
        // A reply that has begun may turn out to be a message.
        return answer(answers, isMidReply: false)
    }

    private func answer(_ replies: [RedisValue], isMidReply: Bool) -> DisconnectReason? {
        var recipients: [RedisCaller] = []
        swap(&recipients, &self.recipients)
        let now = ContinuousClock.now
        loop: for place in replies.indices {
            // The deadline is as far from the submission as that of any command.
            let submitted = pending.oldestDeadline.map { $0 - commandTimeout }
            switch pending.reply(isError: replies[place].isError) {
            case .to(let caller):
                recipients.append(caller)
                if let submitted { counts.record(caller.script, took: now - submitted) }
            case .dropped: recipients.append(.nobody)
            case .unexpected: break loop
            }
        }
        let isExpected = recipients.count == replies.count && (!isMidReply || pending.expectsReply)
        let end = isExpected ? Self.end(after: replies) : .violation("unexpected reply")
        // Before the callers go on: what they send next must not go to this server.
        let failures = end.map(close) ?? []
        for (caller, reply) in zip(recipients, replies) { deliver(reply, to: caller) }
        fail(failures)
        recipients.removeAll(keepingCapacity: recipients.count <= Self.keptRecipients)
        self.recipients = recipients
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
    func checkTimeout() -> Queue.TimeoutCheck {
        pending.checkTimeout(now: .now)
    }

    /// Ends the connection, closes its socket, and tells every waiting caller.
    func abandon(_ end: DisconnectReason) {
        let closer = closer
        self.end(end)
        closer?()
    }

    /// Ends the connection, and tells every waiting caller. Only the first reason counts.
    func end(_ end: DisconnectReason) {
        fail(close(end))
    }

    /// Ends the connection, which the client no longer uses from now on.
    ///
    /// - Returns: the commands that were waiting, whose callers are still to be told.
    private func close(_ end: DisconnectReason) -> [Queue.FailedCommand] {
        guard pending.state == .open else { return [] }
        sender = nil
        closer = nil
        outbox = RedisCommandWriter()
        let failures = pending.end(end, now: .now)
        client.didDisconnect(self, end)
        counts.fail(failures.count)
        return failures
    }

    private func deliver(_ reply: RedisValue, to caller: RedisCaller) {
        switch caller {
        case .task(let call): call.take(reply)
        case .loop(let attempt): client.finish(attempt, with: reply.outcome)
        case .nobody: break
        }
    }

    private func fail(_ commands: [Queue.FailedCommand]) {
        for command in commands {
            switch command.ticket {
            case .task(let call): call.finish(.failure(command.error))
            case .loop(let attempt): client.finish(attempt, with: .failure(command.error))
            case .nobody: break
            }
        }
    }

    private static let keptCapacity = 1 << 20
    private static let keptRecipients = 1_024
}
