import NIOCore

/// Tells whether a header that is too long to be parsed broke off in its first line or in a field: the parser
/// does not.
struct LongLine: Equatable, Sendable {
    private static let startLength = 64

    private let limit: Int
    private var start: [UInt8] = []
    private var length = 0
    /// True if the last line above the limit was the first one of a request: a method, a space and a target.
    /// A header field has a colon before any space.
    private(set) var isRequestLine = false

    /// - Parameter limit: the longest line that is of no interest, in bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// More bytes arrived.
    mutating func receive(_ bytes: some BidirectionalCollection<UInt8>) {
        // Hardly any line is long: only the start of the last one may matter later.
        if length + bytes.count <= limit, let end = bytes.lastIndex(of: UInt8(ascii: "\n")) {
            begin()
            add(bytes[bytes.index(after: end)...])
            return
        }
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            add(rest[..<end])
            begin()
            rest = rest[rest.index(after: end)...]
        }
        add(rest)
    }

    /// A body ended, which need not end with a line: what comes next is the first line of another request.
    ///
    /// Bytes of the next request that arrived together with the end of the body are not counted.
    mutating func bodyEnded() {
        begin()
        isRequestLine = false
    }

    private mutating func begin() {
        start.removeAll(keepingCapacity: true)
        length = 0
    }

    private mutating func add(_ part: some Collection<UInt8>) {
        start += part.prefix(Self.startLength - start.count)
        length += part.count
        guard length > limit else { return }
        let end = start.firstIndex { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ":") }
        isRequestLine = end.map { start[$0] == UInt8(ascii: " ") } ?? false
    }
}

/// Watches the lines that arrive, and passes the beginning of a drain on as `DrainBegan`. It stands before the
/// parser, whose side would close the connection at the event that says so, whatever has not been sent.
final class LongLineHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    var line: LongLine
    private var context: ChannelHandlerContext?

    init(limit: Int) {
        line = LongLine(limit: limit)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        line.receive(unwrapInboundIn(data).readableBytesView)
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        let isDrain = event is ChannelShouldQuiesceEvent
        context.fireUserInboundEventTriggered(isDrain ? DrainBegan() : event)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// Sends all that is written so far.
    ///
    /// - Returns: succeeds once it has left the node, and fails if the connection closes before that.
    func sendAll(_ eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        guard let context else { return eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
        // Nothing, but in its turn.
        return context.writeAndFlush(wrapOutboundOut(ByteBuffer()))
    }
}

/// The event that the node drains: the connection shall end soon.
struct DrainBegan {}

@available(*, unavailable)
extension LongLineHandler: Sendable {}
