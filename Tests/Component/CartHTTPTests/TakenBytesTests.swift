#if os(Linux)
import NIOCore
import NIOPosix
import Testing

@testable import CartHTTP

/// The progress of a client that reads, by real sockets.
@Suite struct TakenBytesTests {
    private typealias Bytes = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private static let megabyte = 1024 * 1024

    private func taken(_ channel: any Channel) async throws -> Int {
        try await channel.eventLoop.submit { channel.takenBytes }.get()
    }

    @Test func `what a client reads counts as taken, what the systems hold for it does not`() async throws {
        try await Self.withConnection { server, client in
            let before = try await taken(server.channel)
            // More than the systems of both sides hold.
            server.channel.writeAndFlush(ByteBuffer(repeating: 0, count: 64 * Self.megabyte), promise: nil)
            #expect(try await taken(server.channel) - before < 2 * Self.megabyte)
            var read = 0
            while read < 2 * Self.megabyte {
                read += try #require(try await client.next(isolation: #isolation)).readableBytes
            }
            // The client's system acknowledges a little later.
            let deadline = ContinuousClock.now + .seconds(10)
            while try await taken(server.channel) - before < read, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(try await taken(server.channel) - before >= read)
        }
    }

    /// Runs `body` with both sides of a connection; the client's system holds little.
    private static func withConnection(
        _ body: (Bytes, inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let listener = try await ServerBootstrap(group: group)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Bytes(wrappingChannelSynchronously: channel) }
            }
        try await listener.executeThenClose { connections in
            let client = try await ClientBootstrap(group: group)
                .channelOption(.socketOption(.so_rcvbuf), value: 64 * 1024)
                .connect(to: try #require(listener.channel.localAddress)) { channel in
                    channel.eventLoop.makeCompletedFuture { try Bytes(wrappingChannelSynchronously: channel) }
                }
            try await client.executeThenClose { input, _ in
                var accepted = connections.makeAsyncIterator()
                let server = try #require(try await accepted.next(isolation: #isolation))
                try await server.executeThenClose { _, _ in
                    var input = input.makeAsyncIterator()
                    try await body(server, &input)
                }
            }
        }
    }
}
#endif
