import Logging
import NIOCore
import NIOPosix
import Testing

@testable import RedisClient

/// Runs a topology and a client while `body` runs, and waits for their end.
func withClusterClient<Result: Sendable>(
    _ configuration: RedisConfiguration,
    logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
    onMessage: RedisClient.MessageHandler? = nil,
    _ body: (RedisClusterClient) async throws -> Result
) async throws -> Result {
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    let topology = try #require(
        RedisClusterTopology(configuration: configuration, eventLoop: eventLoop, logger: logger)
    )
    let client = RedisClusterClient(
        configuration: configuration,
        topology: topology,
        eventLoop: eventLoop,
        logger: logger,
        jitter: { 0 },
        onMessage: onMessage
    )
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await topology.run() }
        group.addTask { await client.run() }
        let result: Result
        do {
            result = try await body(client)
        } catch {
            group.cancelAll()
            throw error
        }
        group.cancelAll()
        try await group.waitForAll()
        return result
    }
}

extension RedisClusterClient {
    static let set = RedisScript(name: "set", source: "return redis.call('SET', KEYS[1], ARGV[1])")
    static let get = RedisScript(
        name: "get",
        source: "#!lua flags=no-writes\nreturn redis.call('GET', KEYS[1])"
    )

    /// Waits for a condition that a change of the cluster brings about.
    func wait(
        until condition: String,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ holds: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await !holds() {
            guard ContinuousClock.now < deadline else {
                Issue.record("not within 60 s: \(condition)", sourceLocation: sourceLocation)
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits for a connection to each primary.
    func isReady(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await wait(until: "connected", sourceLocation: sourceLocation) { isConnected }
    }

    /// The outcome of a script with one key and perhaps one argument.
    func outcome(
        _ script: RedisScript,
        _ key: String,
        argument: String? = nil
    ) async -> Result<RedisValue, RedisError> {
        do throws(RedisError) {
            let slot = HashSlot.of(key: key.utf8)
            let words = argument == nil ? 1 : 2
            return .success(
                try await call(script, slot: slot, keys: 1, words: words) { command in
                    command.append(key)
                    if let argument { command.append(argument) }
                }
            )
        } catch {
            return .failure(error)
        }
    }

    func set(_ key: String, to value: String) async -> Result<RedisValue, RedisError> {
        await outcome(Self.set, key, argument: value)
    }

    func get(_ key: String) async -> Result<RedisValue, RedisError> { await outcome(Self.get, key) }
}

extension Result<RedisValue, RedisError> {
    static func bulk(_ text: String) -> Self { .success(.bulk(Array(text.utf8))) }
    static let ok = Self.success(.simple("OK"))
}
