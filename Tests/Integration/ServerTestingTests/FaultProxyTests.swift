import ClusterTesting
import Foundation
import NIOCore
import NIOPosix
import ServerTesting
import Synchronization
import Testing

/// The proxy on real sockets, before a server that echoes.
@Suite(.serialized) struct FaultProxyTests {
    @Test(arguments: [false, true])
    func `bytes pass both ways, to a port and to a Unix socket`(_ unix: Bool) async throws {
        try await EchoServer.with(unix: unix) { echo, proxy in
            let client = try await TCPTestClient.connected(to: proxy.port)
            try await client.send("hello")
            #expect(try await client.receive(5) == "hello")
            try await client.close()
            try await eventually(within: .seconds(5), "the connection is over") {
                proxy.census.connections == 0
            }
            #expect(echo.received == "hello")
        }
    }

    @Test func `what is held arrives after its sender has gone`() async throws {
        try await EchoServer.with { echo, proxy in
            proxy.set(.held, .toServer)
            let client = try await TCPTestClient.connected(to: proxy.port)
            try await client.send("late")
            try await client.close()
            try await eventually(within: .seconds(5), "the proxy has it") { proxy.census.queuedBytes == 4 }
            #expect(echo.received.isEmpty)
            proxy.heal()
            try await eventually(within: .seconds(5), "it arrives") { echo.received == "late" }
            try await eventually(within: .seconds(5), "the connection is over") {
                proxy.census.connections == 0
            }
        }
    }

    @Test func `lost replies reach nobody, and healing closes the connection that lost them`() async throws {
        try await EchoServer.with { echo, proxy in
            let client = try await TCPTestClient.connected(to: proxy.port)
            proxy.set(.lost, .toClient)
            try await client.send("one")
            // A reply that the proxy has not read when it is healed is not lost.
            try await eventually(within: .seconds(5), "the reply is lost") { proxy.census.lostBytes == 3 }
            #expect(echo.received == "one")
            proxy.heal()
            #expect(try await client.receive(1) == nil)
            let next = try await TCPTestClient.connected(to: proxy.port)
            try await next.send("two")
            #expect(try await next.receive(3) == "two")
        }
    }

    @Test func `a severed connection is reset and a new one works`() async throws {
        try await EchoServer.with { _, proxy in
            let client = try await TCPTestClient.connected(to: proxy.port)
            try await client.send("a")
            #expect(try await client.receive(1) == "a")
            proxy.sever()
            #expect(try await client.receive(1) == nil)
            let next = try await TCPTestClient.connected(to: proxy.port)
            try await next.send("b")
            #expect(try await next.receive(1) == "b")
        }
    }

    @Test func `refused connections are refused, and welcome afterwards`() async throws {
        try await EchoServer.with { _, proxy in
            let there = try await TCPTestClient.connected(to: proxy.port)
            try await eventually(within: .seconds(5), "it was taken") { proxy.census.connections == 1 }
            proxy.refuse(true)
            try await eventually(within: .seconds(5), "connections are refused") {
                do {
                    try await TCPTestClient.connected(to: proxy.port).close()
                    return false
                } catch {
                    return true
                }
            }
            try await there.send("still")
            #expect(try await there.receive(5) == "still")
            proxy.refuse(false)
            try await eventually(within: .seconds(5), "connections are taken") {
                do {
                    try await TCPTestClient.connected(to: proxy.port).close()
                    return true
                } catch {
                    return false
                }
            }
        }
    }

    @Test func `a delay and a reset and single bytes are seen by the client`() async throws {
        try await EchoServer.with { _, proxy in
            let clock = ContinuousClock()
            let client = try await TCPTestClient.connected(to: proxy.port)
            proxy.set(.delayed(.milliseconds(80), jitter: .milliseconds(40)), .toClient)
            let began = clock.now
            try await client.send("slow")
            #expect(try await client.receive(4) == "slow")
            #expect(clock.now - began >= .milliseconds(80))
            proxy.set(.split, .toServer, .toClient)
            let text = String(repeating: "0123456789", count: 100)
            try await client.send(text)
            #expect(try await client.receive(1_000) == text)
            proxy.set(.resetting(after: 3), .toClient)
            try await client.send("abcdef")
            #expect(try await client.receive(6) == nil)
        }
    }
}

/// A server that sends back and records what it receives.
private final class EchoServer: Sendable {
    private let text = Mutex("")

    var received: String { text.withLock { $0 } }

    static func with(unix: Bool = false, _ body: (EchoServer, FaultProxy) async throws -> Void) async throws {
        let echo = EchoServer()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(echo: echo))
                }
            }
        let server: any Channel
        let upstream: FaultProxy.Upstream
        let path = NSTemporaryDirectory() + "echo-\(UInt32.random(in: 0...UInt32.max)).sock"
        if unix {
            server = try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true)
                .get()
            upstream = .unix(path: path)
        } else {
            server = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            upstream = .tcp(port: server.localAddress?.port ?? 0)
        }
        var failure: (any Error)?
        do {
            try await FaultProxy.with(upstream: upstream) { try await body(echo, $0) }
        } catch {
            failure = error
        }
        try await server.close()
        if let failure { throw failure }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let echo: EchoServer

        init(echo: EchoServer) { self.echo = echo }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            echo.text.withLock { $0 += String(buffer: bytes) }
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
