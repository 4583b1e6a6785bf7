internal import NIOCore

/// Commands that leave together, on one connection, with no command of another caller between them.
package struct RedisPipeline: Sendable {
    private(set) var bytes = ByteBuffer()
    /// The number of commands.
    package private(set) var count = 0

    package init() {}

    /// Adds a command.
    package mutating func append(_ name: String, _ arguments: [RedisArgument] = []) {
        bytes.writeCommand(RedisCommand(name: name, arguments: arguments))
        count += 1
    }
}

extension RedisClient {
    /// Sends a pipeline and waits for its replies, in the order of its commands. An error reply is an element
    /// of the array, and has no effect on the other commands.
    ///
    /// - Throws: an error that all commands share: the connection ended, or was never there.
    package func send(_ pipeline: RedisPipeline) async throws(RedisError) -> [RedisValue] {
        try await current.send(pipeline).array
    }
}
