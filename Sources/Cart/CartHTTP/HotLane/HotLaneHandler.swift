import CartApplication
import NIOCore
import NIOHTTP1
import RequestTracing

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// Answers the plain requests of one connection on its loop, and passes all others on.
///
/// It stands behind `ConnectionHandler` and before the framework. `HTTPServerPipelineHandler` brings one request
/// after the other, the next once the answer to the last was written to its end; so answers keep their order,
/// whichever lane makes them.
///
/// It sees the requests and answers of both lanes, and so tells the connection's `SilenceTimer` of them.
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
        /// The cart's owner decides. The rest of the body, if there is any, is of no interest. Can become
        /// `answered`.
        case asked
        /// The answer was made. The rest of the body is of no interest.
        case answered
    }

    private let lane: HotLane
    private let silence: SilenceTimer
    private let writer: AnswerWriter
    /// Nil once the connection is gone.
    private var exchange: LaneExchange?
    private var stage = Stage.passing
    /// The version at which the request's change is to be made; nil for any.
    private var expectedVersion: UInt64?
    private var body = CollectedBody()
    /// True once something was passed on that the other lane is not yet told to be complete.
    private var hasPassed = false

    init(_ lane: HotLane, silence: SilenceTimer) {
        self.lane = lane
        self.silence = silence
        writer = AnswerWriter(now: lane.rules.dependencies.now, silence: silence)
    }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        writer.start(context)
        // A cycle until the handler is removed.
        exchange = LaneExchange(lane, on: context.eventLoop) { self.respond($0) }
        if context.channel.isActive { silence.start(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelActive(context: ChannelHandlerContext) {
        silence.start(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        silence.stop()
        writer.stop()
        exchange?.end()
        exchange = nil
        // Nobody else ends it, as nothing was asked yet.
        if case .collecting(let request, _) = stage { request.span?.endUnanswered() }
        stage = .answered
        body.clear()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writer.writabilityChanged(context)
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent, writer.withholdEnd() { return }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let wasReading = writer.isReading
        writer.isReading = true
        defer { writer.isReading = wasReading }
        switch unwrapInboundIn(data) {
        case .head(let head):
            silence.beginRequest()
            if begin(head) { return }
            stage = .passing
        case .body(let part):
            switch stage {
            case .passing: break
            case .collecting(let request, _): return collect(part, of: request)
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
        writer.readComplete(context)
        if case .collecting = stage { body.moveToOwnBuffer(context.channel.allocator) }
        guard hasPassed else { return }
        hasPassed = false
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.fireErrorCaught(error) }
        switch stage {
        case .passing:
            context.fireErrorCaught(error)
        case .collecting(let request, _):
            if let span = request.span { span.end(status: Int(HTTPAnswer.unreadable.status.code)) }
            respond(.unreadable)
        // The body was not needed, and the connection's machine ends the connection with the answer.
        case .asked, .answered:
            break
        }
    }

    /// Takes a request on, if it is one of this lane.
    private func begin(_ head: HTTPRequestHead) -> Bool {
        guard let exchange, let resource = CartResource(target: head.uri) else { return false }
        let fields = RequestFields(head.headers)
        let trace = exchange.traces.begin(head.method, of: resource, fields: fields)
        do {
            let found = try lane.request(head.method, of: resource, fields: fields, trace: trace)
            guard let (request, expected) = found else { return false }
            writer.oweAnswer()
            expectedVersion = expected
            switch request.matter {
            case .show:
                stage = .asked
                exchange.show(request)
            case .change(let change):
                stage = .asked
                exchange.make(change, request, expecting: expected)
            case .describedChange(let form):
                try fields.requireLength(atMost: lane.rules.policy.bodyBytes)
                body.clear()
                stage = .collecting(request, form)
            }
        } catch {
            refuse(error, fields, span: trace?.span)
        }
        return true
    }

    private func collect(_ part: ByteBuffer, of request: PlainRequest) {
        let limit = lane.rules.policy.bodyBytes
        guard body.bytes.readableBytes + part.readableBytes <= limit else {
            return refuse(RequestError.bodyTooLarge(limit: limit), request.fields, span: request.span)
        }
        body.append(part)
    }

    private func askForDescribedChange(_ request: PlainRequest, _ form: PlainRequest.BodyForm) {
        let bytes = body.bytes
        body.clear()
        stage = .asked
        exchange?.make(form, in: bytes, request, expecting: expectedVersion)
    }

    // MARK: Answers

    private func refuse(_ error: any Error, _ fields: RequestFields, span: ActiveSpan?) {
        respond(lane.refusal(error, of: fields, span: span))
    }

    private func respond(_ answer: HTTPAnswer) {
        stage = .answered
        body.clear()
        writer.respond(answer)
    }

    /// The other lane answers.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { silence.endAnswer(context) }
        context.write(data, promise: promise)
    }
}

@available(*, unavailable)
extension HotLaneHandler: Sendable {}
