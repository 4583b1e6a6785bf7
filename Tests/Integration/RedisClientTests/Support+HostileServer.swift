import NIOCore
import NIOPosix
import Synchronization

@testable import RedisClient

/// A server that listens like Redis and answers as a test wants.
struct HostileServer: Sendable {
    /// The server's reaction to one command.
    enum Answer: Sendable {
        case nothing
        case bytes(String)
        /// Each byte in a write of its own.
        case dripping(String)
        case bytesThenClose(String)
        case later(EventLoopFuture<Void>, String)
    }

    /// Decides on the reaction to a command, which is given as its words.
    typealias Script = @Sendable (_ words: [String]) -> Answer

    let configuration: RedisConfiguration
    /// All commands after the handshakes, in their order. The buffer is unbounded: a test sends few.
    let received: AsyncStream<[String]>

    /// Listens while `body` runs. Every client is sent `greeting`; handshakes are answered properly unless
    /// `isMute`, and all other commands by `script`.
    ///
    /// - Parameters:
    ///   - hello: the reply to `HELLO`.
    ///   - reconnects: all connections but the first wait for it in their handshakes.
    static func with<Result: Sendable>(
        greeting: String = "",
        isMute: Bool = false,
        hello: @escaping @Sendable () -> String = { "-ERR unknown command 'HELLO'\r\n" },
        reconnects: EventLoopFuture<Void>? = nil,
        script: @escaping Script = { _ in .nothing },
        _ body: (HostileServer) async throws -> Result
    ) async throws -> Result {
        let (received, continuation) = AsyncStream.makeStream(of: [String].self, bufferingPolicy: .unbounded)
        let connections = Atomic<Int>(0)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let isFirst = connections.add(1, ordering: .relaxed).oldValue == 0
                    let handler = Handler(
                        greeting: greeting,
                        isMute: isMute,
                        hello: hello,
                        admission: isFirst ? nil : reconnects,
                        script: script,
                        received: continuation
                    )
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        var configuration = RedisConfiguration(
            address: .tcp(host: "127.0.0.1", port: listener.localAddress?.port ?? 0)
        )
        // Longer than any machine is busy: a test that waits for it to pass has a shorter one.
        configuration.commandTimeout = .seconds(20)
        configuration.backoffMinimum = .milliseconds(50)
        let result: Result
        do {
            result = try await body(HostileServer(configuration: configuration, received: received))
        } catch {
            try await listener.close()
            throw error
        }
        try await listener.close()
        return result
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let greeting: String
        private let isMute: Bool
        private let hello: @Sendable () -> String
        private let admission: EventLoopFuture<Void>?
        private let script: Script
        private let received: AsyncStream<[String]>.Continuation
        private let reader = ReplyReader(byteLimit: 1 << 20)

        init(
            greeting: String,
            isMute: Bool,
            hello: @escaping @Sendable () -> String,
            admission: EventLoopFuture<Void>?,
            script: @escaping Script,
            received: AsyncStream<[String]>.Continuation
        ) {
            self.greeting = greeting
            self.isMute = isMute
            self.hello = hello
            self.admission = admission
            self.script = script
            self.received = received
        }

        func channelActive(context: ChannelHandlerContext) {
            if !greeting.isEmpty { write(greeting, context) }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var commands: [[String]] = []
            do {
                try reader.feed(Array(unwrapInboundIn(data).readableBytesView)[...]) { command in
                    if case .array(let words) = command {
                        commands.append(
                            words.map { word in
                                if case .bulk(let bytes) = word {
                                    String(decoding: bytes, as: UTF8.self)
                                } else {
                                    ""
                                }
                            }
                        )
                    }
                }
            } catch {
                context.close(promise: nil)
            }
            for words in commands { answer(words, context) }
        }

        private func answer(_ words: [String], _ context: ChannelHandlerContext) {
            if isMute { return }
            switch words[0] {
            case "HELLO": return write(hello(), context, after: admission)
            case "CLIENT": return write("+OK\r\n", context, after: admission)
            case "PING": return write("+PONG\r\n", context, after: admission)
            default: received.yield(words)
            }
            switch script(words) {
            case .nothing: break
            case .bytes(let text): write(text, context)
            case .dripping(let text):
                for byte in text.utf8 { write(String(decoding: [byte], as: UTF8.self), context) }
            case .later(let gate, let text): write(text, context, after: gate)
            case .bytesThenClose(let text):
                write(text, context)
                context.close(promise: nil)
            }
        }

        private func write(
            _ text: String,
            _ context: ChannelHandlerContext,
            after gate: EventLoopFuture<Void>?
        ) {
            guard let gate else { return write(text, context) }
            let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
            gate.hop(to: context.eventLoop).whenSuccess {
                bound.value.handler.write(text, bound.value.context)
            }
        }

        private func write(_ text: String, _ context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }
    }
}
