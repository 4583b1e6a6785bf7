import FoundationEssentials
import NIOCore
import NIOPosix
import PeerProtocol
import SwiftProtobuf

@testable import PeerTransport

/// A client that sends on one connection whatever a test says.
struct WireStream {
    /// The next messages in answer to one of the server's, which is at an address; nil ends the client's side
    /// of the connection.
    typealias Script = @Sendable (_ message: WireFromServer, _ address: String) -> [WireFromClient]?

    let port: Int

    /// Sends bytes first, a greeting by default, and follows the script until the server ends the connection.
    ///
    /// - Parameter split: the number of bytes that are sent at once.
    /// - Returns: the reason for which the server refused the client; nil if it gave none.
    func converse(
        beginning: [UInt8] = WireStream.greeting,
        split: Int = .max,
        _ script: @escaping Script
    ) async throws -> WireRefused.Reason? {
        let address = "127.0.0.1:\(port)"
        let refusal = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: WireRefused.Reason?.self)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = ScriptHandler<WireFromServer>(split: split, beginning: beginning) {
                        message in
                        if case .refused(let refused) = message.kind { refusal.succeed(refused.reason) }
                        return script(message, address)?.map { $0 }
                    }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .get()
        try await channel.closeFuture.get()
        refusal.succeed(nil)
        return try await refusal.futureResult.get()
    }

    static let greeting = frame(
        WireFromClient.with { ($0.greeting.oldest, $0.greeting.newest) = (1, 1) }
    )

    /// A message as a frame.
    static func frame(_ message: some Message) -> [UInt8] {
        var buffer = ByteBuffer()
        do throws(PeerFault) {
            try buffer.writeFrame(message)
        } catch {
            preconditionFailure(error.text)
        }
        return Array(buffer.readableBytesView)
    }

    /// Bytes as a frame.
    static func frame(of bytes: [UInt8]) -> [UInt8] {
        var buffer = ByteBuffer(integer: UInt32(bytes.count))
        buffer.writeBytes(bytes)
        return Array(buffer.readableBytesView)
    }

    /// Completes the handshake with the right secret, and then follows the script.
    ///
    /// - Parameter other: the address in the hello, where it is not the server's.
    static func greeted(
        at other: String? = nil,
        _ script: @escaping @Sendable (WireFromServer) -> [WireFromClient]?
    ) throws -> Script {
        let secret = try ClusterSecret("secret")
        return { message, address in
            guard case .challenge(let challenge) = message.kind else { return script(message) }
            var handshake = ClientHandshake(
                secret: secret,
                address: other ?? address,
                from: "client:1",
                versions: 1...1
            )
            guard let hello = try? handshake.challenged(challenge, nonce: ClusterSecret.freshNonce()) else {
                return nil
            }
            return [.with { $0.hello = hello }]
        }
    }
}

/// A server that sends whatever a test says.
struct WirePeer {
    /// The messages in answer to one of the client's.
    let script: @Sendable (WireFromClient) -> [any Message]

    init(_ script: @escaping @Sendable (WireFromClient) -> [WireFromServer]) {
        self.script = script
    }

    /// A peer that completes the handshake with the right secret, and then follows the script.
    static func trusted(
        policy: LinkPolicy = LinkPolicy(),
        greeted: @escaping @Sendable () -> Void = {},
        _ script: @escaping @Sendable (WireFromClient) -> [WireFromServer]
    ) throws -> WirePeer {
        let secret = try ClusterSecret("secret")
        let nonce = ClusterSecret.freshNonce()
        let greeting = WireGreeting.with { ($0.oldest, $0.newest) = (1, 1) }
        return WirePeer { message in
            switch message.kind {
            case .greeting:
                greeted()
                return [.with { ($0.challenge.nonce, $0.challenge.version) = (Data(nonce), 1) }]
            case .hello(let hello):
                var own = ServerHandshake(
                    secret: secret,
                    challenge: nonce,
                    address: hello.address,
                    policy: policy
                )
                guard (try? own.greeted(greeting)) != nil, let welcome = try? own.hello(hello) else {
                    return []
                }
                return [.with { $0.welcome = welcome }]
            case .asks, .ping, nil:
                return script(message)
            }
        }
    }

    /// Runs this peer while the body runs.
    func serve<Result: Sendable>(_ body: (String) async throws -> Result) async throws -> Result {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { [script] channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = ScriptHandler<WireFromClient>(split: .max, beginning: []) { script($0) }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body("127.0.0.1:\(listener.localAddress?.port ?? 0)"))
        } catch {
            result = .failure(error)
        }
        try await listener.close()
        return try result.get()
    }
}

/// One side of a connection that follows a script.
private final class ScriptHandler<Incoming: Message & Sendable>: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let split: Int
    private let beginning: [UInt8]
    private let script: (Incoming) -> [any Message]?
    private var frames = FrameReader(limit: 16 * 1_024 * 1_024)

    init(split: Int, beginning: [UInt8], script: @escaping (Incoming) -> [any Message]?) {
        self.split = split
        self.beginning = beginning
        self.script = script
    }

    func channelActive(context: ChannelHandlerContext) {
        send(beginning, context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        frames.append(unwrapInboundIn(data))
        do throws(PeerFault) {
            while let message = try frames.next(Incoming.self) {
                guard let answers = script(message) else { return context.close(mode: .output, promise: nil) }
                for answer in answers { send(WireStream.frame(answer), context) }
            }
        } catch {
            context.close(promise: nil)
        }
    }

    private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        var rest = bytes[...]
        while !rest.isEmpty {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: rest.prefix(split))), promise: nil)
            rest = rest.dropFirst(split)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
