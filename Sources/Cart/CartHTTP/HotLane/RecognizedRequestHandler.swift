import NIOCore

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// Stands in front of the parser: has those plain requests answered that are recognized in the bytes that come
/// (`ByteLane`), and passes all other bytes on.
///
/// It brings the parser's side one request after the other, the next once the last was answered, as far as it
/// can tell where a request ends; so answers keep their order, whoever makes them. From the first byte on of
/// which it cannot tell that, the connection is the parser's for good.
final class RecognizedRequestHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Stage {
        /// Between two requests. Can become any other.
        case open
        /// A request was taken, and its answer is owed. Can become `open` or `passing`.
        case asked(isHead: Bool)
        /// The parser's side has a request, but for so many bytes that are to come, and owes its answer. Can
        /// become `open` or `passing`.
        case parsed(missing: Int)
        /// Everything is passed on. Terminal.
        case passing
    }

    /// The most answers that a connection writes before the loop does something else.
    private static let answersInTurn = 64

    private let lane: HotLane
    private let policy: ConnectionPolicy
    private let connection: ConnectionHandler
    private let silence: SilenceTimer
    /// Nil once the connection is gone.
    private var context: ChannelHandlerContext?
    /// Nil before the handler is part of a connection.
    private var byteLane: ByteLane?
    private var stage = Stage.open
    private var held = HeldBytes()
    /// The answer to the request that was taken, until it can be written.
    private var answer: HTTPAnswer?
    /// The number of answers that may still be written before the loop does something else.
    private var answersLeft = RecognizedRequestHandler.answersInTurn

    private var isProceeding = false
    private var isReading = false
    /// True while the next request waits because this connection has had its share of the loop's turn.
    private var isResting = false
    /// True while something was written that was not flushed.
    private var hasWritten = false
    /// True once something was passed on that the parser's side is not yet told to be complete.
    private var hasPassed = false
    /// True while reading is put off because the client sends more than is answered.
    private var withholdsRead = false
    /// True while the end of the client's requests is withheld from the parser's side, which would end the
    /// connection before it has its answers.
    private var withholdsEnd = false

    /// - Parameters:
    ///   - connection: the same connection's, behind the parser.
    ///   - silence: the same connection's.
    init(_ lane: HotLane, _ policy: ConnectionPolicy, connection: ConnectionHandler, silence: SilenceTimer) {
        self.lane = lane
        self.policy = policy
        self.connection = connection
        self.silence = silence
    }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // Cycles until the handlers are removed.
        byteLane = ByteLane(lane, policy, on: context.eventLoop) { self.respond($0) }
        connection.exchangeEnded = { self.exchangeEnded() }
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        byteLane?.end()
        byteLane = nil
        context = nil
        stage = .passing
        answer = nil
        held.clear()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        context.fireChannelWritabilityChanged()
        proceed()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .some(.inputClosed) = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        withholdsEnd = true
        proceed()
    }

    // MARK: Bytes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .passing = stage { return context.fireChannelRead(data) }
        if !isReading {
            isReading = true
            answersLeft = Self.answersInTurn
        }
        held.append(unwrapInboundIn(data))
        proceed()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush(context)
        held.settle(context.channel.allocator)
        if case .passing = stage { return context.fireChannelReadComplete() }
        guard hasPassed else { return }
        hasPassed = false
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        // Further requests wait in the client's socket buffer.
        withholdsRead = isBehind
        if !withholdsRead { context.read() }
    }

    /// True if bytes came that are not looked at before the requests before them are answered.
    private var isBehind: Bool {
        if held.isEmpty { return false }
        switch stage {
        case .open: return isResting
        case .asked, .parsed: return true
        case .passing: return false
        }
    }

    /// The parser's side was asked all of a request, or has answered it.
    private func exchangeEnded() {
        guard case .parsed(0) = stage, connection.takesRecognized else { return }
        open()
        proceed()
    }

    private func open() {
        stage = .open
        answersLeft -= 1
    }

    /// Does what can be done now. Whoever is called from here may call again; that is done here, in its turn, as
    /// there is no end to what a client may send.
    private func proceed() {
        guard !isProceeding, !isResting, let context else { return }
        isProceeding = true
        repeat {
            while answersLeft > 0, step(context) {}
            // Flushing may make the connection writable again.
        } while !isReading && flush(context)
        isProceeding = false
        if answersLeft <= 0, !held.isEmpty { rest(context) }
        if withholdsEnd, !isBehind, !isOwed {
            withholdsEnd = false
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        if withholdsRead, !isBehind {
            withholdsRead = false
            context.read()
        }
    }

    private var isOwed: Bool {
        switch stage {
        case .asked: true
        case .open, .parsed, .passing: false
        }
    }

    /// Does the next thing. False if there is nothing that can be done now.
    private func step(_ context: ChannelHandlerContext) -> Bool {
        switch stage {
        case .open:
            return !held.isEmpty && begin()
        case .asked(let isHead):
            guard context.channel.isWritable, let answer = answer.take() else { return false }
            write(answer, isToHead: isHead, context)
            return true
        case .parsed(let missing):
            guard missing > 0, !held.isEmpty else { return false }
            let part = held.take(atMost: missing)
            // Before it is passed on: the answer may be there at once.
            stage = .parsed(missing: missing - part.readableBytes)
            pass(part, context)
            return true
        case .passing:
            if !held.isEmpty { pass(held.takeAll(), context) }
            return false
        }
    }

    private func pass(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        hasPassed = true
        context.fireChannelRead(wrapInboundOut(bytes))
        guard !isReading else { return }
        hasPassed = false
        context.fireChannelReadComplete()
    }

    /// Lets the loop's other work go first. What is executed at once would not: the loop runs that before it
    /// reads from any connection.
    private func rest(_ context: ChannelHandlerContext) {
        isResting = true
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(1)) {
            self.isResting = false
            self.answersLeft = Self.answersInTurn
            self.proceed()
        }
    }

    // MARK: Requests and answers

    /// Decides who answers the request that comes. False if more of it has to come first.
    private func begin() -> Bool {
        guard let byteLane else { return false }
        switch byteLane.find(in: held) {
        case .incomplete:
            // The parser tells what is wrong with a request that never comes to its end.
            guard withholdsEnd else { return false }
            stage = .passing
        case .other:
            stage = .passing
        case .head(let head):
            if connection.takesRecognized, let (acceptance, route) = byteLane.accept(head, in: held) {
                connection.tookRecognized(route, HTTPVerb(head.method))
                take(head, as: acceptance, by: byteLane)
            } else {
                stage = .parsed(missing: head.count + head.bodyCount)
            }
        }
        return true
    }

    private func take(
        _ head: RequestRecognizer.Head,
        as acceptance: ByteLane.Acceptance,
        by byteLane: ByteLane
    ) {
        stage = .asked(isHead: head.method == .head)
        silence.beginRequest()
        held.drop(head.count)
        let body = head.bodyCount > 0 ? held.take(atMost: head.bodyCount) : ByteBuffer()
        switch acceptance {
        case .request(let request, let expected): byteLane.ask(request, with: body, expecting: expected)
        case .refusal(let refusal): answer = refusal
        }
    }

    private func respond(_ answer: HTTPAnswer) {
        guard case .asked = stage else { return }
        self.answer = answer
        if !isProceeding { answersLeft = Self.answersInTurn }
        proceed()
    }

    private func write(_ answer: HTTPAnswer, isToHead: Bool, _ context: ChannelHandlerContext) {
        guard let byteLane else { return }
        let goesOn = connection.respondToRecognized(answer.status, closes: answer.closes) { closes in
            let bytes = byteLane.bytes(
                of: answer,
                closes: closes,
                isToHead: isToHead,
                context.channel.allocator
            )
            hasWritten = true
            let now = silence.endAnswer(context)
            context.write(wrapOutboundOut(bytes), promise: nil)
            return now
        }
        // After the end the parser's side drops what comes.
        if goesOn { open() } else { stage = .passing }
    }

    /// - Returns: true if there was something to be sent.
    @discardableResult
    private func flush(_ context: ChannelHandlerContext) -> Bool {
        guard hasWritten else { return false }
        hasWritten = false
        context.flush()
        return true
    }
}

@available(*, unavailable)
extension RecognizedRequestHandler: Sendable {}
