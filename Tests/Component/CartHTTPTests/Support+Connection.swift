import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import CartHTTP

/// A client's connection without a socket: bytes in, bytes out, and our rules between them.
final class TestConnection {
    let channel = EmbeddedChannel()
    let socket = TestSocket()
    let responder: TableResponder
    private let counter = SocketCounter()
    private let passed = PassedBytes()

    /// - Parameters:
    ///   - answers: the responder's answers, by the request's target; 404 without words for others.
    ///   - hotLane: answers plain requests in place of the responder.
    ///   - recognizes: false if all requests pass the parser.
    init(
        _ policy: ConnectionPolicy = ConnectionPolicy(node: "n1"),
        answers: [String: TableResponder.Answer] = ["/a": .text("hello")],
        hotLane: HotLane? = nil,
        recognizes: Bool = true
    ) throws {
        responder = TableResponder(answers)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(counter)
        try pipeline.addHandler(socket)
        try pipeline.addFace(policy, hotLane: hotLane, recognizes: recognizes) { [socket] _ in
            socket.takenBytes
        }
        try pipeline.addHandler(passed, position: .before(pipeline.handler(type: LongLineHandler.self)))
        try pipeline.addHandler(responder)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// Sends bytes, and returns what is answered at once.
    @discardableResult
    func send(_ text: String) throws -> String {
        // An error of the parser that passes all handlers is thrown here.
        try channel.writeInbound(ByteBuffer(string: text))
        return try answered()
    }

    /// The bytes that were written since the last call.
    func answered() throws -> String {
        var text = ""
        while let part = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: part) }
        return text
    }

    /// The number of flushes.
    var flushCount: Int { counter.flushes }

    /// The number of times that the socket was asked to read.
    var readCount: Int { counter.reads }

    /// Asks for bytes, as a channel does after it has brought some.
    func read() {
        channel.pipeline.read()
    }

    /// The bytes that came to the parser.
    var passedBytes: String { passed.text }

    /// The client sends no more, and still reads.
    func endRequests() {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    /// Lets time pass.
    func pass(_ time: TimeAmount) {
        channel.embeddedEventLoop.advanceTime(by: time)
    }

    /// The node begins to drain.
    func drain() {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    /// The connection's buffer of what is written becomes full, or has room again.
    func become(writable isWritable: Bool) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
    }

    /// True once the node has ended its side, or the connection.
    var hasEndedOutput: Bool { socket.hasEndedOutput || !channel.isActive }

    /// True once the node has ended the connection.
    func isClosed(after wait: TimeAmount = .seconds(3)) -> Bool {
        channel.embeddedEventLoop.advanceTime(by: wait)
        return !channel.isActive
    }

    /// The head of a request, with its end.
    static func request(_ line: String, _ fields: String...) -> String {
        ([line] + (fields.isEmpty ? ["Host: x"] : fields) + ["", ""]).joined(separator: "\r\n")
    }
}

/// Ends a connection as a socket does, which the channel of a test does not.
final class TestSocket: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    /// The bytes that the client has taken, as far as the node can know.
    var takenBytes = 0
    /// True while the client, and so the system, takes nothing of what is written.
    private(set) var isStuck = false
    /// True once the node has ended its side.
    private(set) var hasEndedOutput = false
    /// True once the client has ended its side.
    private var hasEndedInput = false
    /// True once the node's side ends with what is written.
    private var endsOutput = false
    private var context: ChannelHandlerContext?
    private var promises: [EventLoopPromise<Void>] = []
    private var hasUnsent = false

    /// The client takes nothing from now on.
    func stick() {
        isStuck = true
    }

    /// The client takes everything.
    func release() {
        isStuck = false
        if let context { flush(context: context) }
    }

    /// The client ends its side.
    func endInput() {
        hasEndedInput = true
        context?.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if hasEndedOutput {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        hasUnsent = true
        if let promise { promises.append(promise) }
        context.write(data, promise: nil)
    }

    func flush(context: ChannelHandlerContext) {
        guard !isStuck else { return }
        context.flush()
        hasUnsent = false
        let sent = promises
        promises = []
        for promise in sent { promise.succeed() }
        if endsOutput { endOutput(context) }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .output where !hasEndedInput:
            promise?.succeed()
            endsOutput = true
            if !hasUnsent { endOutput(context) }
        case .input where !hasEndedOutput:
            promise?.succeed()
            endInput()
        case .all, .input, .output:
            // A socket whose sides have both ended is closed, with what has not been sent.
            let unsent = promises
            promises = []
            for promise in unsent { promise.fail(ChannelError.ioOnClosedChannel) }
            context.close(promise: promise)
        }
    }

    private func endOutput(_ context: ChannelHandlerContext) {
        guard !hasEndedOutput else { return }
        hasEndedOutput = true
        context.fireUserInboundEventTriggered(ChannelEvent.outputClosed)
    }
}

@available(*, unavailable)
extension TestSocket: Sendable {}

/// Counts how often a socket is asked to send what was written, and to read.
private final class SocketCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    var flushes = 0
    var reads = 0

    func flush(context: ChannelHandlerContext) {
        flushes += 1
        context.flush()
    }

    func read(context: ChannelHandlerContext) {
        reads += 1
        context.read()
    }
}

@available(*, unavailable)
extension SocketCounter: Sendable {}

/// Keeps what passes on its way to the parser.
private final class PassedBytes: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    var text = ""

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        context.fireChannelRead(data)
    }
}

@available(*, unavailable)
extension PassedBytes: Sendable {}

/// Answers requests by their targets once they came whole, or at once where the answer is early.
final class TableResponder: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    struct Answer {
        var status = HTTPResponseStatus.ok
        var headers: HTTPHeaders
        var parts: [String]
        /// True if the request's body is not waited for.
        var isEarly = false
        /// False for an answer that goes on.
        var isWhole = true

        static func text(_ text: String, _ headers: HTTPHeaders = [:]) -> Answer {
            var headers = headers
            headers.add(name: "Content-Type", value: "text/plain")
            headers.add(name: "Content-Length", value: String(text.utf8.count))
            return Answer(headers: headers, parts: [text])
        }

        /// A body whose length is not known beforehand.
        static func stream(_ parts: String...) -> Answer {
            Answer(headers: ["Content-Type": "text/plain"], parts: parts)
        }
    }

    private let answers: [String: Answer]
    private var answer: Answer?
    private var context: ChannelHandlerContext?
    /// The lines of the requests that came, with the length of the body at the end of each.
    private(set) var requests: [String] = []
    /// True once it was told that the client sends no more.
    private(set) var hasEnded = false
    private var bodyLength = 0

    init(_ answers: [String: Answer]) {
        self.answers = answers
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// Ends an answer that goes on.
    func end() {
        context?.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            requests.append("\(head.method.rawValue) \(head.uri)")
            bodyLength = 0
            answer =
                answers[head.uri] ?? Answer(status: .notFound, headers: ["Content-Length": "0"], parts: [])
            if answer?.isEarly == true { respond(context) }
        case .body(let part):
            bodyLength += part.readableBytes
        case .end:
            if bodyLength > 0 { requests[requests.count - 1] += " \(bodyLength)" }
            respond(context)
        }
    }

    private func respond(_ context: ChannelHandlerContext) {
        guard let answer else { return }
        self.answer = nil
        let head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: answer.headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        for part in answer.parts {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: part)))), promise: nil)
        }
        guard answer.isWhole else { return context.flush() }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent { hasEnded = true }
        context.fireUserInboundEventTriggered(event)
    }

    /// Refuses a body that cannot be read to its end without words, as the framework does.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError, answer != nil else { return context.fireErrorCaught(error) }
        answer = Answer(
            status: .badRequest,
            headers: ["Connection": "close", "Content-Length": "0"],
            parts: []
        )
        respond(context)
    }
}

@available(*, unavailable)
extension TableResponder: Sendable {}
