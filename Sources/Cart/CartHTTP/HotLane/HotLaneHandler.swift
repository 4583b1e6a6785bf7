import ActorRuntime
import Cart
import CartActor
import CartApplication
import NIOCore
import NIOHTTP1

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// Answers the plain requests of one connection on its loop, and passes all others on.
///
/// It stands behind `ConnectionHandler` and before the framework. `HTTPServerPipelineHandler` brings one request
/// after the other, the next once the answer to the last was written to its end; so answers keep their order,
/// whichever lane makes them.
///
/// It also closes the connection after too long a silence, as it sees the requests of both lanes.
final class HotLaneHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Stage {
        /// The request under way, if there is one, takes the other lane.
        case passing
        /// The body of a request arrives. Can become `asked` or `answered`.
        case collecting(PlainRequest, PlainRequest.BodyForm)
        /// The cart's owner decides; nil stands for a read. The rest of the body, if there is any, is of no
        /// interest. Can become `answered`.
        case asked(PlainRequest, CartCommand.Change?)
        /// The answer was made. The rest of the body is of no interest.
        case answered
    }

    /// The most answers that a connection writes before the loop does something else.
    private static let answersInTurn = 64
    /// The largest body that is read on the loop.
    private static let bodyLimit = 64 * 1_024

    private let lane: HotLane
    private let silence: TimeAmount
    /// Nil once the connection is gone.
    private var context: ChannelHandlerContext?
    private var receiver: AskReceiver<CartLogic>?
    private var stage = Stage.passing
    /// The version at which the request's change is to be made; nil for any.
    private var expectedVersion: UInt64?
    /// The number of the last request that was asked for.
    private var number: UInt64 = 0
    /// The part of the request's body that has arrived.
    private var body = ByteBuffer()
    /// False while the body lies in the buffer that was read into, which is longer.
    private var ownsBody = false
    /// The answer to the request, until it can be written.
    private var answer: HTTPAnswer?
    private var date = HTTPDate()

    private var isWritable = true
    private var isReading = false
    private var isWriting = false
    /// True while the next answer waits because this connection has had its share of the loop's turn.
    private var isResting = false
    /// True while something was written that was not flushed.
    private var hasWritten = false
    /// True once something was passed on that the other lane is not yet told to be complete.
    private var hasPassed = false
    /// True while the end of the client's requests is withheld from the other lane, which would end the
    /// connection before it has its answer.
    private var withholdsEnd = false

    /// True from the head of a request, of either lane, to the end of the answer.
    private var isBusy = false
    /// The end of the last answer, or the beginning of the connection.
    private var lastActive = NIODeadline.uptimeNanoseconds(0)
    private var silenceTimer: Scheduled<Void>?

    init(_ lane: HotLane, silence: Duration) {
        self.lane = lane
        self.silence = TimeAmount(silence)
    }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isWritable = context.channel.isWritable
        // A cycle until the handler is removed.
        receiver = AskReceiver { self.answered($0, token: $1) }
        if context.channel.isActive { watchSilence(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelActive(context: ChannelHandlerContext) {
        watchSilence(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        silenceTimer?.cancel()
        silenceTimer = nil
        context = nil
        receiver = nil
        stage = .answered
        answer = nil
        body = ByteBuffer()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        writeAnswers()
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isOwed, case .some(.inputClosed) = event as? ChannelEvent {
            withholdsEnd = true
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// True while this lane owes an answer.
    private var isOwed: Bool {
        switch stage {
        case .collecting, .asked: true
        case .passing, .answered: answer != nil
        }
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let wasReading = isReading
        isReading = true
        defer { isReading = wasReading }
        switch unwrapInboundIn(data) {
        case .head(let head):
            isBusy = true
            if begin(head) { return }
            stage = .passing
        case .body(let part):
            switch stage {
            case .passing: break
            case .collecting: return collect(part)
            case .asked, .answered: return
            }
        case .end:
            switch stage {
            case .passing: break
            case .collecting(let request, let form): return askForDescribedChange(request, form)
            case .asked, .answered: return
            }
        }
        hasPassed = true
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !isWriting { flush(context) }
        if case .collecting = stage, !ownsBody {
            // The rest may take long to come, and the buffer that was read into is much longer.
            var copy = context.channel.allocator.buffer(capacity: 2 * body.readableBytes)
            copy.writeImmutableBuffer(body)
            body = copy
            ownsBody = true
        }
        guard hasPassed else { return }
        hasPassed = false
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.fireErrorCaught(error) }
        switch stage {
        case .passing:
            context.fireErrorCaught(error)
        case .collecting:
            respond(.unreadable)
        // The body was not needed, and the connection's machine ends the connection with the answer.
        case .asked, .answered:
            break
        }
    }

    /// Takes a request on, if it is one of this lane.
    private func begin(_ head: HTTPRequestHead) -> Bool {
        guard let resource = CartResource(target: head.uri) else { return false }
        let fields = RequestFields(head.headers)
        do {
            let deadline = lane.rules.deadline()
            guard
                let request = try PlainRequest(
                    head.method,
                    of: resource,
                    fields: fields,
                    deadline: deadline,
                    rules: lane.rules
                ),
                // The other lane takes a look at the cart first.
                case .known(let expected) = request.expectedVersion,
                mayRead(request.matter, fields)
            else {
                return false
            }
            expectedVersion = expected
            switch request.matter {
            case .show:
                ask(.read, of: request, change: nil)
            case .change(let change):
                try ask(for: change, request)
            case .describedChange(let form):
                try fields.requireLength(atMost: lane.rules.policy.bodyBytes)
                body = ByteBuffer()
                ownsBody = false
                stage = .collecting(request, form)
            }
        } catch {
            refuse(error, fields)
        }
        return true
    }

    /// False for a body that is so large, or may become so, that reading it would hold up the loop.
    private func mayRead(_ matter: PlainRequest.Matter, _ fields: RequestFields) -> Bool {
        guard case .describedChange = matter, lane.rules.policy.bodyBytes > Self.bodyLimit else {
            return true
        }
        return fields.contentLength.flatMap { Int($0) }.map { $0 <= Self.bodyLimit } ?? false
    }

    private func collect(_ part: ByteBuffer) {
        guard case .collecting(let request, _) = stage else { return }
        let limit = lane.rules.policy.bodyBytes
        guard body.readableBytes + part.readableBytes <= limit else {
            return refuse(RequestError.bodyTooLarge(limit: limit), request.fields)
        }
        if body.readableBytes == 0 {
            body = part
            ownsBody = false
        } else {
            body.writeImmutableBuffer(part)
        }
    }

    private func askForDescribedChange(_ request: PlainRequest, _ form: PlainRequest.BodyForm) {
        do {
            let change = try request.change(form, in: body)
            body = ByteBuffer()
            try ask(for: change, request)
        } catch {
            refuse(error, request.fields)
        }
    }

    private func ask(for change: CartCommand.Change, _ request: PlainRequest) throws(Refusal) {
        let checked = try lane.rules.check(change, request.context)
        ask(lane.rules.command(checked, expecting: expectedVersion), of: request, change: change)
    }

    private func ask(_ command: CartCommand, of request: PlainRequest, change: CartCommand.Change?) {
        guard let context, let receiver else { return }
        number &+= 1
        stage = .asked(request, change)
        lane.dispatcher.ask(
            ActorID(request.cart.text),
            command,
            deadline: request.context.deadline,
            trace: request.context.trace,
            on: context.eventLoop,
            receiver: receiver,
            token: number
        )
    }

    // MARK: Answers

    private func answered(_ result: Result<Answer<CartLogic>, HostFailure>, token: UInt64) {
        guard token == number, case .asked(let request, let change) = stage else { return }
        do {
            respond(try answer(result, to: request, change))
        } catch {
            refuse(error, request.fields)
        }
    }

    private func answer(
        _ result: Result<Answer<CartLogic>, HostFailure>,
        to request: PlainRequest,
        _ change: CartCommand.Change?
    ) throws(Refusal) -> HTTPAnswer {
        switch result {
        case .success(let answer):
            let accepted =
                if let change {
                    try lane.rules.accepted(answer, of: change, request.context)
                } else {
                    try lane.rules.shown(answer, request.context)
                }
            return try request.answer(accepted, to: change, lane.responses)
        case .failure(let failure):
            throw Refusal(failure)
        }
    }

    private func refuse(_ error: any Error, _ fields: RequestFields) {
        let problem =
            Problem(thrown: error, request: fields)
            ?? Problem(.contradiction("the request was refused without a reason"))
        respond(lane.responses.problem(problem))
    }

    private func respond(_ answer: HTTPAnswer) {
        stage = .answered
        body = ByteBuffer()
        self.answer = answer
        writeAnswers()
    }

    /// Writes the answer, unless the client takes too little of what was written before, and those to the
    /// requests that waited for it.
    ///
    /// With the end of an answer the next request comes, and may be answered at once. Its answer is written
    /// here, not inside of the writing of the last one: there is no end to what a client may send.
    private func writeAnswers() {
        guard !isWriting, !isResting, let context else { return }
        isWriting = true
        var left = Self.answersInTurn
        repeat {
            while isWritable, left > 0, let answer = answer.take() {
                write(answer, context)
                left -= 1
            }
            // This may make the connection writable again.
            if !isReading { flush(context) }
        } while isWritable && left > 0 && answer != nil
        isWriting = false
        if left == 0, answer != nil { rest(context) }
        if withholdsEnd, !isOwed {
            withholdsEnd = false
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
    }

    /// Lets the loop's other work go first. What is executed at once would not: the loop runs that before it
    /// reads from any connection.
    private func rest(_ context: ChannelHandlerContext) {
        isResting = true
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(1)) {
            self.isResting = false
            self.writeAnswers()
        }
    }

    private func write(_ answer: HTTPAnswer, _ context: ChannelHandlerContext) {
        hasWritten = true
        let body = answer.omitsBody ? ByteBuffer() : answer.body
        let head = answer.head(at: answer.isDated ? date.text(at: lane.rules.dependencies.now()) : nil)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        endBusiness(context)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard hasWritten else { return }
        hasWritten = false
        context.flush()
    }

    /// The other lane answers.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { endBusiness(context) }
        context.write(data, promise: promise)
    }

    // MARK: Silence

    private func endBusiness(_ context: ChannelHandlerContext) {
        isBusy = false
        lastActive = context.eventLoop.now
    }

    private func watchSilence(_ context: ChannelHandlerContext) {
        guard silenceTimer == nil else { return }
        lastActive = context.eventLoop.now
        scheduleSilence(in: silence, context)
    }

    private func scheduleSilence(in time: TimeAmount, _ context: ChannelHandlerContext) {
        silenceTimer = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
            // Whoever is busy has other timers.
            let rest = self.isBusy ? self.silence : self.lastActive + self.silence - context.eventLoop.now
            guard rest > .zero else { return context.close(promise: nil) }
            self.scheduleSilence(in: rest, context)
        }
    }
}

@available(*, unavailable)
extension HotLaneHandler: Sendable {}
