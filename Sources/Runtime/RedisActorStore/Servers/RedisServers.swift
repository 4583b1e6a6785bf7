internal import ActorRuntime
package import NIOCore
package import RedisClient

/// The way to the servers of a store, on one event loop.
package enum RedisServers: Sendable {
    /// One server has all keys.
    case one(RedisClient)
    case cluster(RedisClusterClient)

    package var eventLoop: any EventLoop {
        switch self {
        case .one(let client): client.eventLoop
        case .cluster(let client): client.eventLoop
        }
    }

    var isCluster: Bool {
        switch self {
        case .one: false
        case .cluster: true
        }
    }

    package var configuration: RedisConfiguration {
        switch self {
        case .one(let client): client.configuration
        case .cluster(let client): client.configuration
        }
    }

    /// Makes a call for an actor, on the event loop. On the hot path.
    func call(_ call: any RedisLoopCall, for id: ActorID) {
        switch self {
        case .one(let client): client.call(call)
        case .cluster(let client): client.call(call, slot: HashSlot.of(tag: id.rawValue))
        }
    }

    /// Runs a script and parses its answer.
    ///
    /// - Parameter key: the only key.
    func ask(
        _ script: RedisScript,
        of key: String,
        _ arguments: [RedisArgument]
    ) async throws(StoreFailure) -> ScriptAnswer {
        let outcome = await outcome(
            of: script,
            slot: HashSlot.of(key: key.utf8),
            keys: 1,
            words: 1 + arguments.count
        ) { command in
            command.append(key)
            for argument in arguments { command.append(argument) }
        }
        return try ScriptAnswer(outcome, about: ScriptSubject(script: script, object: .key(key)))
    }

    /// Makes a call, and makes it again where its verdict is that.
    func answer<Call: StoreCall>(
        to call: Call,
        in keys: RedisKeys
    ) async throws(StoreFailure) -> Call.Answer {
        var script = call.script
        while true {
            let outcome = await outcome(
                of: script,
                slot: HashSlot.of(tag: call.id.rawValue),
                keys: call.keyCount,
                words: call.wordCount
            ) { call.append(to: &$0, in: keys) }
            switch call.verdict(on: outcome, of: script) {
            case .answered(let answer): return answer
            case .failed(let failure): throw failure
            case .ask(let spare): script = spare
            }
        }
    }

    /// Sends a command about an actor that changes nothing.
    func read(_ name: String, of id: ActorID, in keys: RedisKeys) async throws(RedisError) -> RedisValue {
        let arguments: [RedisArgument] = [.string(keys.actor(id))]
        switch self {
        case .one(let client):
            return try await client.send(name, arguments)
        case .cluster(let client):
            var command = RedisPipeline()
            command.append(name, arguments)
            let replies = try await client.send(command, slot: HashSlot.of(tag: id.rawValue))
            guard let reply = replies.first else { throw .protocolViolation("\(name) was not answered") }
            if case .error(let error) = reply { throw .server(error) }
            return reply
        }
    }

    /// Runs a script, whose keys and arguments write themselves.
    ///
    /// - Parameters:
    ///   - slot: of the keys.
    ///   - keys: the number of keys.
    ///   - words: the number of keys and arguments.
    ///   - write: appends the keys, then the arguments.
    private func outcome(
        of script: RedisScript,
        slot: @autoclosure () -> UInt16,
        keys: Int,
        words: Int,
        write: (inout RedisCommandWriter) -> Void
    ) async -> Result<RedisValue, RedisError> {
        do throws(RedisError) {
            switch self {
            case .one(let client):
                return .success(try await client.call(script, keys: keys, words: words, write: write))
            case .cluster(let client):
                let slot = slot()
                return .success(
                    try await client.call(script, slot: slot, keys: keys, words: words, write: write)
                )
            }
        } catch {
            return .failure(error)
        }
    }
}
