import NIOCore
import NIOHTTP1

/// Feeds a connection's machine and performs what it decides.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let line: LongLineHandler
    private let takenBytes: (any Channel) -> Int
    private let linger: TimeAmount
    private var machine: ConnectionMachine
    /// Nil where requests are not counted.
    private var meter: RequestMeter?
    /// Limits the time for the body of the current request.
    private var bodyTimer: Scheduled<Void>?
    /// Limits the time for which the client may read too little.
    private var stallTimer: Scheduled<Void>?
    /// Closes the connection once the client has had time to read the last answer.
    private var lingerTimer: Scheduled<Void>?
    /// True once a part of the body of the request under way came.
    private var bodyCame = false
    /// Nil once the handler is removed.
    private var context: ChannelHandlerContext?
    /// Called when the parser's side may owe nothing any more.
    var exchangeEnded: (() -> Void)?

    /// - Parameters:
    ///   - line: stands before the parser of the same connection.
    ///   - takenBytes: counts what the client takes of what is sent.
    ///   - counts: those of its loop; nil where requests are not counted.
    init(
        _ policy: ConnectionPolicy,
        line: LongLineHandler,
        takenBytes: @escaping (any Channel) -> Int,
        counts: RequestCounts? = nil
    ) {
        self.line = line
        self.takenBytes = takenBytes
        linger = TimeAmount(policy.linger)
        machine = ConnectionMachine(policy)
        meter = counts.map(RequestMeter.init)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let action = machine.received(head)
            if action != .drop {
                meter?.begin(HTTPRoute(target: head.uri), HTTPVerb(head.method), at: context.eventLoop.now)
            }
            perform(action, context)
        case .body:
            bodyCame = true
            if machine.passesBody { context.fireChannelRead(data) }
        case .end:
            if bodyCame { line.line.bodyEnded() }
            bodyCame = false
            let passes = machine.passesBody
            let action = machine.receivedEnd()
            updateBodyTimer(context)
            if passes { context.fireChannelRead(data) }
            perform(action, context)
            exchangeEnded?()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Not before: most bodies come together with their head, and need no timer.
        updateBodyTimer(context)
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        machine.isWritable = context.channel.isWritable
        // The client has taken something: its time begins anew.
        if machine.isWritable { cancelStallTimer() }
        updateStallTimer(context)
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is DrainBegan else { return context.fireUserInboundEventTriggered(event) }
        perform(machine.drain(hasUnsent: context.channel.unsentBytes > 0), context)
        cancelBodyTimer()
        updateBodyTimer(context)
        cancelStallTimer()
        updateStallTimer(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancelTimers()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        exchangeEnded = nil
        cancelTimers()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let parserError = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        let action = machine.failed(parserError, inRequestLine: line.line.isRequestLine)
        if action == .fail { return context.fireErrorCaught(error) }
        if case .replace = action { meter?.begin(.other, .other, at: context.eventLoop.now) }
        perform(action, context)
        // The error may have waited for the answer before it, and then nothing else says that all was read.
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            switch machine.responds(head) {
            case .write(let head):
                meter?.answered(head.status.code, at: context.eventLoop.now)
                context.write(wrapOutboundOut(.head(head)), promise: promise)
            case .replace(let head, let body):
                meter?.answered(head.status.code, at: context.eventLoop.now)
                context.write(wrapOutboundOut(.head(head)), promise: promise)
                context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            case .drop:
                promise?.succeed()
            }
        case .body:
            if machine.writesBody { context.write(data, promise: promise) } else { promise?.succeed() }
        case .end:
            switch machine.ended() {
            case .write:
                meter?.end(at: context.eventLoop.now)
                context.write(data, promise: promise)
                exchangeEnded?()
            case .writeAndClose:
                meter?.end(at: context.eventLoop.now)
                context.write(data, promise: promise)
                end(context)
            case .drop:
                promise?.succeed()
            }
        }
    }

    // MARK: Requests that do not pass the parser

    /// True if one may be taken now.
    var takesRecognized: Bool { machine.takesRecognized }

    /// One was taken.
    func tookRecognized(_ route: HTTPRoute, _ verb: HTTPVerb) {
        machine.tookRecognized()
        if let context { meter?.begin(route, verb, at: context.eventLoop.now) }
    }

    /// Its answer comes.
    ///
    /// - Parameters:
    ///   - closes: true if the connection is to end with it.
    ///   - write: writes it; told whether the connection does end. Returns the time.
    /// - Returns: true if the connection goes on.
    func respondToRecognized(
        _ status: HTTPResponseStatus,
        closes: Bool,
        write: (Bool) -> NIODeadline
    ) -> Bool {
        guard let context, let closes = machine.respondsToRecognized(status, closes: closes) else {
            return false
        }
        let now = write(closes)
        meter?.answered(status.code, at: now)
        meter?.end(at: now)
        switch machine.ended() {
        case .write: return true
        case .writeAndClose: end(context)
        case .drop: break
        }
        return false
    }

    /// The framework's closes. Ours do not pass here.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .all, .output:
            // It waits for the end of the connection, which may come later than it wants.
            if let promise { context.channel.closeFuture.cascade(to: promise) }
            perform(machine.close(hasUnsent: context.channel.unsentBytes > 0), context)
        case .input:
            // It does so only where it is cancelled.
            context.close(mode: .input, promise: promise)
            perform(machine.cancel(), context)
        }
    }

    private func perform(_ action: ConnectionMachine.RequestAction, _ context: ChannelHandlerContext) {
        switch action {
        case .pass(let head, let continues):
            if continues {
                let go = HTTPResponseHead(version: .http1_1, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(go)), promise: nil)
            }
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .replace(let head):
            context.fireChannelRead(wrapInboundOut(.head(head)))
            context.fireChannelRead(wrapInboundOut(.end(nil)))
        case .fail, .drop:
            break
        }
    }

    private func performLateBody(_ context: ChannelHandlerContext) {
        switch machine.bodyIsLate() {
        case .fail:
            context.fireErrorCaught(HTTPParserError.invalidEOFState)
        case .end:
            end(context)
        case .none:
            break
        }
    }

    private func perform(_ action: ConnectionMachine.CloseAction, _ context: ChannelHandlerContext) {
        switch action {
        case .end: end(context)
        case .close: context.close(promise: nil)
        case .none: break
        }
    }

    /// Sends what is written, then ends the connection once the client had time to read it.
    private func end(_ context: ChannelHandlerContext) {
        cancelBodyTimer()
        line.sendAll(context.eventLoop).assumeIsolated().whenComplete { _ in
            self.machine.sentLastAnswer()
            self.cancelStallTimer()
            guard context.channel.isActive else { return }
            // Not before: where the client has ended its side, this closes at once.
            context.close(mode: .output, promise: nil)
            guard context.channel.isActive else { return }
            self.lingerTimer = self.schedule(in: self.linger, context) { context.close(promise: nil) }
        }
        // Mostly all has left by now.
        updateStallTimer(context)
    }

    private func updateBodyTimer(_ context: ChannelHandlerContext) {
        guard let patience = machine.bodyPatience else { return cancelBodyTimer() }
        guard bodyTimer == nil else { return }
        bodyTimer = schedule(in: TimeAmount(patience), context) {
            self.bodyTimer = nil
            self.performLateBody(context)
        }
    }

    private func updateStallTimer(_ context: ChannelHandlerContext) {
        guard let patience = machine.stallPatience else { return cancelStallTimer() }
        guard stallTimer == nil else { return }
        let before = takenBytes(context.channel)
        stallTimer = schedule(in: TimeAmount(patience), context) {
            self.stallTimer = nil
            if self.machine.isStalled(taken: self.takenBytes(context.channel) - before) {
                context.close(promise: nil)
            } else {
                self.updateStallTimer(context)
            }
        }
    }

    private func schedule(
        in delay: TimeAmount,
        _ context: ChannelHandlerContext,
        _ action: @escaping () -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: delay, action)
    }

    private func cancelBodyTimer() {
        bodyTimer?.cancel()
        bodyTimer = nil
    }

    private func cancelStallTimer() {
        stallTimer?.cancel()
        stallTimer = nil
    }

    private func cancelTimers() {
        cancelBodyTimer()
        cancelStallTimer()
        lingerTimer?.cancel()
        lingerTimer = nil
    }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}
