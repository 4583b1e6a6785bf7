internal import NIOCore
internal import Synchronization

/// The meeting place of one connection: callers on any thread leave commands, its event loop fetches them and brings replies.
///
/// One lock guards both, and is never held while anyone is resumed. A burst of commands wakes the event loop once, and leaves
/// in one write.
final class Link: Sendable {
    private struct Desk {
        var inFlight: InFlight<Call?, ContinuousClock.Instant>
        var outbox = ByteBuffer()
        var fetcher: (@Sendable () -> Void)?
    }

    /// How long a command may take, from its submission to its reply.
    let commandTimeout: Duration
    private let onEnd: @Sendable (Link, LinkEnd) -> Void
    private let onMessage: RedisClient.MessageHandler?
    private let desk: Mutex<Desk>

    /// - Parameters:
    ///   - onMessage: told what is published to a channel that was subscribed to; without it such a message is a violation.
    ///   - onEnd: told once that the link is over, before anyone who waits is.
    init(
        _ configuration: RedisConfiguration,
        onMessage: RedisClient.MessageHandler? = nil,
        onEnd: @escaping @Sendable (Link, LinkEnd) -> Void = { _, _ in }
    ) {
        self.onEnd = onEnd
        self.onMessage = onMessage
        commandTimeout = configuration.commandTimeout
        desk = Mutex(
            Desk(
                inFlight: InFlight(
                    limit: configuration.inFlightLimit,
                    unsentByteLimit: configuration.unsentByteLimit
                )
            )
        )
    }

    /// Why the link is over, or nil while it stands.
    var end: LinkEnd? {
        desk.withLock { desk in
            switch desk.inFlight.state {
            case .open: nil
            case .over(let end): end
            }
        }
    }

    /// Asks Redis, after `preface`, whose reply nobody waits for and between which and the command nothing of ours comes.
    func send(_ command: Command, after preface: Command? = nil) async throws(RedisError) -> RedisValue {
        let call = Call()
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard call.begin(continuation) else { return }
                submit(command, after: preface, for: call)
            }
        } onCancel: {
            call.cancel()
        }.get()
    }

    private func submit(_ command: Command, after preface: Command?, for call: Call) {
        let bytes = command.byteBound + (preface?.byteBound ?? 0)
        let deadline = ContinuousClock.now + commandTimeout
        let (refusal, fetcher) = desk.withLock { desk -> (RedisError?, (@Sendable () -> Void)?) in
            let nobody: Call?? = preface == nil ? .none : .some(nil)
            switch desk.inFlight.submit(call, after: nobody, bytes: bytes, deadline: deadline) {
            case .refused(let error): return (error, nil)
            case .admitted(let wake):
                if let preface { desk.outbox.writeCommand(preface) }
                desk.outbox.writeCommand(command)
                return (nil, wake ? desk.fetcher : nil)
            }
        }
        if let refusal { call.finish(.failure(refusal)) }
        fetcher?()
    }
}

/// What the event loop does here.
extension Link {
    /// From now on `fetcher` is called, from any thread, when something waits to be sent and nothing did before.
    func attach(_ fetcher: @escaping @Sendable () -> Void) {
        let hasUnsent = desk.withLock { desk in
            desk.fetcher = fetcher
            return desk.inFlight.hasUnsent
        }
        if hasUnsent { fetcher() }
    }

    /// Exchanges an empty buffer for everything that waits to be sent. Answers nil if nothing does.
    func fetch(leaving empty: inout ByteBuffer) -> ByteBuffer? {
        desk.withLock { desk in
            guard desk.inFlight.hasUnsent else { return nil }
            desk.inFlight.depart()
            let full = desk.outbox
            desk.outbox = empty
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
        var calls: [Call?] = []
        calls.reserveCapacity(replies.count)
        let isExpected = desk.withLock { desk in
            for _ in replies {
                switch desk.inFlight.reply() {
                case .to(let call): calls.append(call)
                case .nobody: return false
                }
            }
            return !isMidReply || desk.inFlight.expectsReply
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
    func sweep() -> InFlight<Call?, ContinuousClock.Instant>.Sweep {
        let now = ContinuousClock.now
        return desk.withLock { $0.inFlight.sweep(now: now) }
    }

    /// The link is over; the first reason stands. Everyone who waits is resumed.
    func end(_ end: LinkEnd) {
        let now = ContinuousClock.now
        let casualties = desk.withLock { desk -> [InFlight<Call?, ContinuousClock.Instant>.Casualty]? in
            guard desk.inFlight.state == .open else { return nil }
            desk.fetcher = nil
            desk.outbox = ByteBuffer()
            return desk.inFlight.end(end, now: now)
        }
        guard let casualties else { return }
        onEnd(self, end)
        for casualty in casualties { casualty.ticket?.finish(.failure(casualty.error)) }
    }
}
