internal import NIOCore

/// The event loop's side of a connection: passes bytes between a socket and its `RedisConnection`, and
/// detects time-outs with one timer.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: RedisConnection
    private let reader: ReplyReader
    private var timer: Scheduled<Void>?
    private var isLastLook = false
    private var replies: [RedisValue] = []

    init(connection: RedisConnection, replyByteLimit: Int) {
        self.connection = connection
        self.reader = ReplyReader(byteLimit: replyByteLimit)
    }

    func channelActive(context: ChannelHandlerContext) {
        start(context)
        context.fireChannelActive()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop(.lost("the connection was closed"))
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop(.lost("the server closed the connection"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(context, .lost("\(error)"))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        dispatch(context)
        context.fireChannelWritabilityChanged()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        var violation: ReplyViolation?
        do throws(ReplyViolation) {
            try bytes.withUnsafeReadableBytes { raw throws(ReplyViolation) in
                try reader.feed(raw) { replies.append($0) }
            }
        } catch {
            violation = error
        }
        let end = connection.deliver(replies, isMidReply: reader.isMidReply)
        replies.removeAll(keepingCapacity: replies.count <= Self.keptReplies)
        if let violation {
            close(context, .violation(violation.reason))
        } else if let end {
            close(context, end)
        }
    }

    private func start(_ context: ChannelHandlerContext) {
        let loop = context.eventLoop
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: loop)
        connection.attach {
            bound.value.handler.dispatch(bound.value.context)
        } closer: {
            bound.value.context.close(promise: nil)
        }
    }

    /// Sends everything that waits in one write, unless the socket is congested.
    private func dispatch(_ context: ChannelHandlerContext) {
        connection.flush(whenWritable: context.channel.isWritable) { commands in
            context.writeAndFlush(wrapOutboundOut(commands), promise: nil)
        }
        if timer == nil { watch(context) }
    }

    private func watch(_ context: ChannelHandlerContext) {
        timer = nil
        let mayGiveUp = isLastLook
        isLastLook = false
        switch connection.checkTimeout() {
        case .idle: break
        case .giveUp where mayGiveUp: close(context, .silence)
        case .giveUp:
            // This thread itself may have been late: read what lies in the socket already before giving up.
            isLastLook = true
            watch(context, in: .milliseconds(1))
        case .checkAgain(let instant):
            watch(context, in: TimeAmount(ContinuousClock.now.duration(to: instant)) + .milliseconds(1))
        }
    }

    private func watch(_ context: ChannelHandlerContext, in wait: TimeAmount) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: wait) { self.watch(context) }
    }

    private func close(_ context: ChannelHandlerContext, _ end: DisconnectReason) {
        stop(end)
        context.close(promise: nil)
    }

    private func stop(_ end: DisconnectReason) {
        timer?.cancel()
        timer = nil
        connection.end(end)
    }

    private static let keptReplies = 1_024
}
