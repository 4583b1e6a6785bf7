import CartApplication
import NIOCore
import NIOHTTP1

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// Answers those plain requests of one connection that it recognizes in the bytes that come, in front of the
/// parser, and passes all other bytes on.
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
        case asked
        /// The parser's side has a request, but for so many bytes that are to come, and owes its answer. Can
        /// become `open` or `passing`.
        case parsed(missing: Int)
        /// Everything is passed on. Terminal.
        case passing
    }

    /// The most answers that a connection writes before the loop does something else.
    private static let answersInTurn = 64
    /// The most bytes of a head that is recognized, and its most fields.
    private static let headLimit = 8 * 1_024
    private static let fieldLimit = 64

    private let lane: HotLane
    private let policy: ConnectionPolicy
    private let connection: ConnectionHandler
    private let silence: SilenceTimer
    /// Nil once the connection is gone.
    private var context: ChannelHandlerContext?
    private var exchange: LaneExchange?
    private var recognizer: RequestRecognizer
    private var stage = Stage.open
    /// True if the request that was taken is one by HEAD.
    private var isHead = false
    /// The longest body of a request that is taken.
    private let bodyLimit: Int
    /// The bytes that came and were neither taken nor passed on.
    private var held = ByteBuffer()
    /// The answer to the request, until it can be written.
    private var answer: HTTPAnswer?
    private var date = HTTPDate()

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
        bodyLimit = min(policy.bodyBytes, lane.rules.policy.bodyBytes)
        // What has the shape is within all limits of a request.
        recognizer = RequestRecognizer(
            byteLimit: min(Self.headLimit, policy.targetBytes, policy.fieldBytes, policy.headerBytes),
            fieldLimit: min(Self.fieldLimit, policy.fieldCount)
        )
    }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // Cycles until the handlers are removed.
        exchange = LaneExchange(lane, on: context.eventLoop) { self.respond($0) }
        connection.exchangeEnded = { self.exchangeEnded() }
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        exchange?.end()
        exchange = nil
        context = nil
        stage = .passing
        answer = nil
        held = ByteBuffer()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        context.fireChannelWritabilityChanged()
        proceed()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            withholdsEnd = true
            // The parser tells what is wrong with a request that never comes to its end.
            if case .open = stage, !isResting { stage = .passing }
            return proceed()
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Bytes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .passing = stage { return context.fireChannelRead(data) }
        isReading = true
        if held.readableBytes == 0 {
            held = unwrapInboundIn(data)
        } else {
            held.writeImmutableBuffer(unwrapInboundIn(data))
        }
        proceed()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush(context)
        if held.readableBytes > 0 {
            // The rest may take long to come, and the buffer that was read into is much longer.
            var copy = context.channel.allocator.buffer(capacity: 2 * held.readableBytes)
            copy.writeImmutableBuffer(held)
            held = copy
        }
        if case .passing = stage { return context.fireChannelReadComplete() }
        guard hasPassed else { return }
        hasPassed = false
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        // What a client sends ahead waits in its own system.
        withholdsRead = isBehind
        if !withholdsRead { context.read() }
    }

    /// True if bytes came that are not looked at before the requests before them are answered.
    private var isBehind: Bool {
        guard held.readableBytes > 0 else { return false }
        switch stage {
        case .open: return isResting
        case .asked, .parsed: return true
        case .passing: return false
        }
    }

    /// The parser's side was asked all of a request, or has answered it.
    private func exchangeEnded() {
        guard case .parsed(0) = stage, connection.takesRecognized else { return }
        stage = .open
        proceed()
    }

    /// Does what can be done now. Whoever is called from here may call again; that is done here, in its turn, as
    /// there is no end to what a client may send.
    private func proceed() {
        guard !isProceeding, !isResting, let context else { return }
        isProceeding = true
        var left = Self.answersInTurn
        while left > 0, step(context) {
            if case .open = stage { left -= 1 }
        }
        isProceeding = false
        if left == 0, held.readableBytes > 0 { rest(context) }
        if !isReading { flush(context) }
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
            return held.readableBytes > 0 && begin(context)
        case .asked:
            guard context.channel.isWritable, let answer = answer.take() else { return false }
            write(answer, context)
            return true
        case .parsed(let missing):
            let count = min(missing, held.readableBytes)
            guard count > 0, let part = held.readSlice(length: count) else { return false }
            // Before it is passed on: the answer may be there at once.
            stage = .parsed(missing: missing - count)
            pass(part, context)
            return true
        case .passing:
            guard held.readableBytes > 0 else { return false }
            let all = held
            held = ByteBuffer()
            pass(all, context)
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
            self.proceed()
        }
    }

    // MARK: Requests

    /// Decides who answers the request that comes. False if more of it has to come first.
    private func begin(_ context: ChannelHandlerContext) -> Bool {
        let finding = held.withUnsafeReadableBytes { recognizer.find(in: $0) }
        switch finding {
        case .incomplete:
            return false
        case .other:
            stage = .passing
        case .head(let head):
            if !take(head) { stage = .parsed(missing: head.count + head.bodyCount) }
        }
        return true
    }

    /// Takes a request on, if it is a plain one and nothing speaks against it.
    private func take(_ head: RequestRecognizer.Head) -> Bool {
        let count = head.count + head.bodyCount
        guard let exchange, !head.isForParser, head.hosts == 1, head.bodyCount <= bodyLimit,
            held.readableBytes >= count, connection.takesRecognized,
            let resource = CartResource(target: text(head.target))
        else {
            return false
        }
        let fields = held.withUnsafeReadableBytes { RequestFields(recognizer.fields, in: $0) }
        do {
            let method = HTTPMethod(head.method)
            guard let (request, expected) = try lane.request(method, of: resource, fields: fields) else {
                return false
            }
            let body = begin(head)
            switch request.matter {
            case .show: exchange.show(request)
            case .change(let change): exchange.make(change, request, expecting: expected)
            case .describedChange(let form): exchange.make(form, in: body, request, expecting: expected)
            }
        } catch {
            _ = begin(head)
            answer = lane.refusal(error, of: fields)
        }
        return true
    }

    /// Takes the request's bytes, and returns its body.
    private func begin(_ head: RequestRecognizer.Head) -> ByteBuffer {
        stage = .asked
        isHead = head.method == .head
        connection.tookRecognized()
        silence.beginRequest()
        held.moveReaderIndex(forwardBy: head.count)
        let body = held.readSlice(length: head.bodyCount) ?? ByteBuffer()
        // The buffer that was read into is used again for what comes next.
        if held.readableBytes == 0 { held = ByteBuffer() }
        return body
    }

    private func text(_ range: Range<Int>) -> String {
        held.withUnsafeReadableBytes { String(decoding: $0[range], as: UTF8.self) }
    }

    // MARK: Answers

    private func respond(_ answer: HTTPAnswer) {
        guard case .asked = stage else { return }
        self.answer = answer
        proceed()
    }

    private func write(_ answer: HTTPAnswer, _ context: ChannelHandlerContext) {
        let goesOn = connection.respondToRecognized(answer.status, closes: answer.closes) { closes in
            var bytes = context.channel.allocator.buffer(capacity: 512 + answer.body.readableBytes)
            answer.write(
                to: &bytes,
                date: date.text(at: lane.rules.dependencies.now()),
                variesByOrigin: policy.cors.admitsPages,
                closes: closes,
                omitsBody: isHead
            )
            hasWritten = true
            silence.endAnswer(context)
            context.write(wrapOutboundOut(bytes), promise: nil)
        }
        // The parser's side drops what comes after the end.
        stage = goesOn ? .open : .passing
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard hasWritten else { return }
        hasWritten = false
        context.flush()
    }
}

extension HTTPMethod {
    fileprivate init(_ method: RequestRecognizer.Method) {
        switch method {
        case .get: self = .GET
        case .head: self = .HEAD
        case .post: self = .POST
        case .put: self = .PUT
        case .patch: self = .PATCH
        case .delete: self = .DELETE
        case .options: self = .OPTIONS
        }
    }
}

@available(*, unavailable)
extension RecognizedRequestHandler: Sendable {}
