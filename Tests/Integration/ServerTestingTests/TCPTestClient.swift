import ClusterTesting
import NIOCore
import NIOPosix
import Synchronization

/// A TCP client that sends text and keeps the text that it receives.
final class TCPTestClient: Sendable {
    private struct Inbound {
        var text = ""
        var isClosed = false
    }

    private let channel: any Channel
    private let buffer: InboundBuffer

    private init(channel: any Channel, buffer: InboundBuffer) {
        self.channel = channel
        self.buffer = buffer
    }

    static func connected(to port: Int) async throws -> TCPTestClient {
        let buffer = InboundBuffer()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(buffer: buffer))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .get()
        return TCPTestClient(channel: channel, buffer: buffer)
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// The next `count` characters; nil where the connection ends before them.
    func receive(_ count: Int) async throws -> String? {
        try await eventually(within: .seconds(5), "\(count) characters or an end") {
            buffer.state.withLock { $0.text.count >= count || $0.isClosed }
        }
        return buffer.state.withLock { state in
            guard state.text.count >= count else { return nil }
            let text = String(state.text.prefix(count))
            state.text.removeFirst(count)
            return text
        }
    }

    func close() async throws {
        try await channel.close()
    }

    private final class InboundBuffer: Sendable {
        let state = Mutex(Inbound())
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let buffer: InboundBuffer

        init(buffer: InboundBuffer) { self.buffer = buffer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: unwrapInboundIn(data))
            buffer.state.withLock { $0.text += text }
        }

        func channelInactive(context: ChannelHandlerContext) {
            buffer.state.withLock { $0.isClosed = true }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
