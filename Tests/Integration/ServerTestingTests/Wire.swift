import ClusterTesting
import NIOCore
import NIOPosix
import Synchronization

/// A client of a few words, which keeps what it hears.
final class Wire: Sendable {
    private struct Heard {
        var text = ""
        var isOver = false
    }

    private let channel: any Channel
    private let heard: Ear

    private init(channel: any Channel, heard: Ear) {
        self.channel = channel
        self.heard = heard
    }

    static func connected(to port: Int) async throws -> Wire {
        let ear = Ear()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(ear: ear))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .get()
        return Wire(channel: channel, heard: ear)
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// The next so many characters; nil where the connection ends before.
    func receive(_ count: Int) async throws -> String? {
        try await eventually(within: .seconds(5), "\(count) characters or an end") {
            heard.state.withLock { $0.text.count >= count || $0.isOver }
        }
        return heard.state.withLock { state in
            guard state.text.count >= count else { return nil }
            let text = String(state.text.prefix(count))
            state.text.removeFirst(count)
            return text
        }
    }

    func close() async throws {
        try await channel.close()
    }

    private final class Ear: Sendable {
        let state = Mutex(Heard())
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let ear: Ear

        init(ear: Ear) { self.ear = ear }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: unwrapInboundIn(data))
            ear.state.withLock { $0.text += text }
        }

        func channelInactive(context: ChannelHandlerContext) {
            ear.state.withLock { $0.isOver = true }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
