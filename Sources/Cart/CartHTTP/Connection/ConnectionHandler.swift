import NIOCore
import NIOHTTP1

/// Feeds a connection's machine and performs what it decides.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let line: LongLineHandler
    private let linger: TimeAmount
    private var machine: ConnectionMachine

    /// - Parameter line: stands before the parser of the same connection.
    init(_ policy: ConnectionPolicy, line: LongLineHandler) {
        self.line = line
        linger = TimeAmount(policy.linger)
        machine = ConnectionMachine(policy)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            perform(machine.received(head), context)
        case .body, .end:
            if machine.passesBody { context.fireChannelRead(data) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let parserError = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        let action = machine.failed(parserError, inRequestLine: line.line.isRequestLine)
        if action == .fail { return context.fireErrorCaught(error) }
        perform(action, context)
        // The error may have waited for the answer before it, and then nothing else says that all was read.
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            switch machine.responds(head) {
            case .write(let head):
                context.write(wrapOutboundOut(.head(head)), promise: promise)
            case .replace(let head, let body):
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
                context.write(data, promise: promise)
            case .writeAndClose:
                context.writeAndFlush(data, promise: promise)
                close(context)
            case .drop:
                promise?.succeed()
            }
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

    /// Ends what is sent, and the connection once the client had time to read it.
    private func close(_ context: ChannelHandlerContext) {
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        let ending = context.eventLoop.scheduleTask(in: linger) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in ending.cancel() }
    }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}
