internal import NIOCore

extension RedisClusterClient {
    /// Runs a script with keys of a slot, for a task.
    ///
    /// - Parameters:
    ///   - keys: the number of keys.
    ///   - words: the number of keys and arguments.
    ///   - write: appends the keys, then the arguments.
    /// - Throws: as `RedisClient.call`; the last redirection or refusal, if there is no end to them in time.
    package func call(
        _ script: RedisScript,
        slot: UInt16,
        keys: Int,
        words: Int,
        write: (inout RedisCommandWriter) -> Void
    ) async throws(RedisError) -> RedisValue {
        let encoded = RedisCommandWriter.encoded(words: words, write)
        let reply = PendingReply(running: script)
        return try await reply.outcome(on: eventLoop) { [self] in
            call(TaskCall(script, keys: keys, words: words, encoded: encoded, for: reply), slot: slot)
            return nil
        }.get()
    }

    /// Sends a pipeline to the primary of a slot, and waits for its replies, as `RedisClient.send`. Redirections are not
    /// followed: each is an error in the array.
    package func send(
        _ pipeline: RedisPipeline,
        slot: UInt16
    ) async throws(RedisError) -> [RedisValue] {
        guard pipeline.count > 0 else { return [] }
        let reply = PendingReply(pipelineOf: pipeline.count)
        return try await reply.outcome(on: eventLoop) { [self] in
            guard let client = client(ofSlot: slot) else { return .notConnected(reason: topology.problem) }
            return client.withConnection { $0.submit(pipeline, after: nil, for: reply) }
        }.get().array
    }
}

/// A call of a task, with its words as they are sent.
private final class TaskCall: RedisLoopCall {
    let script: RedisScript
    let keyCount: Int
    let wordCount: Int
    private let encoded: [UInt8]
    private let reply: PendingReply

    init(_ script: RedisScript, keys: Int, words: Int, encoded: [UInt8], for reply: PendingReply) {
        self.script = script
        keyCount = keys
        wordCount = words
        self.encoded = encoded
        self.reply = reply
    }

    func append(to command: inout RedisCommandWriter) { command.append(encoded: encoded, words: wordCount) }

    func received(_ outcome: Result<RedisValue, RedisError>) { reply.finish(outcome) }
}
