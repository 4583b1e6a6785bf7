internal import NIOCore
internal import NIOPosix

/// A TCP connection to a port of this machine, for tests of the exact bytes of a protocol.
package struct RawConnection {
    private var input: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let output: NIOAsyncChannelOutboundWriter<ByteBuffer>
    /// Bytes that arrived and were not asked for yet.
    private var rest = ""

    /// Runs `body` with a connection, which ends with it.
    package static func with<Value: Sendable>(
        port: Int,
        _ body: (inout RawConnection) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { input, output in
            var connection = RawConnection(input: input.makeAsyncIterator(), output: output)
            return try await body(&connection)
        }
    }

    /// Sends text and returns all that comes until the server ends the connection.
    package static func exchange(_ text: String, port: Int) async throws -> String {
        try await with(port: port) { connection in
            try await connection.send(text)
            return try await connection.readToEnd()
        }
    }

    /// Sends text.
    package func send(_ text: String) async throws {
        try await output.write(ByteBuffer(string: text))
    }

    /// The bytes up to and with this text, or up to the end of the connection.
    package mutating func read(through mark: String) async throws -> String {
        while true {
            if let end = rest.firstRange(of: mark)?.upperBound {
                let text = String(rest[..<end])
                rest.removeSubrange(..<end)
                return text
            }
            guard let part = try await input.next(isolation: #isolation) else { return try await readToEnd() }
            rest += String(buffer: part)
        }
    }

    /// The bytes up to the end of the connection.
    package mutating func readToEnd() async throws -> String {
        while let part = try await input.next(isolation: #isolation) { rest += String(buffer: part) }
        defer { rest = "" }
        return rest
    }
}
