/// Commands that leave together, on one connection, with no command of another caller between them.
package struct RedisPipeline: Sendable {
    private(set) var commands = RedisCommandWriter()
    /// The number of commands.
    package private(set) var count = 0

    package init() {}

    /// A single command.
    init(_ name: String, _ arguments: [RedisArgument] = []) {
        append(name, arguments)
    }

    /// A single command that runs a script.
    ///
    /// - Parameters:
    ///   - keys: the number of keys.
    ///   - words: the number of keys and arguments.
    ///   - write: appends the keys, then the arguments.
    init(_ script: RedisScript, keys: Int, words: Int, write: (inout RedisCommandWriter) -> Void) {
        commands.append(script, keys: keys, words: words, write: write)
        count = 1
    }

    /// Adds a command.
    package mutating func append(_ name: String, _ arguments: [RedisArgument] = []) {
        commands.begin(words: 1 + arguments.count)
        commands.append(name)
        for argument in arguments { commands.append(argument) }
        commands.end()
        count += 1
    }
}

extension RedisPipeline {
    /// Adds the commands of another pipeline.
    package mutating func append(_ other: RedisPipeline) {
        commands.append(other.commands)
        count += other.count
    }
}

extension RedisClient {
    /// Sends a pipeline and waits for its replies, in the order of its commands. An error reply is an element
    /// of the array, and has no effect on the other commands.
    ///
    /// - Throws: an error that all commands share: the connection ended, or was never there.
    package func send(_ pipeline: RedisPipeline) async throws(RedisError) -> [RedisValue] {
        guard pipeline.count > 0 else { return [] }
        return try await send(pipeline, for: PendingReply(pipelineOf: pipeline.count)).array
    }
}
