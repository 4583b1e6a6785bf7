import Doctor
import Logging
import NIOPosix
import NodeConfiguration
import RedisActorStore
import RedisClient
import ServerTesting

/// How the server is set up of which the doctor must have nothing to say.
let rightSettings = [
    "--appendonly", "yes", "--appendfsync", "always", "--maxmemory", "1gb", "--busy-reply-threshold", "1000",
    "--stop-writes-on-bgsave-error", "no",
]

extension RedisServerFixture {
    var configuration: RedisConfiguration { RedisConfiguration(address: .unix(path: socketPath)) }
}

/// A quick examination, so that tests need not wait.
let quick = Examination.Extent(heartbeats: 20, time: .milliseconds(300), keys: 10_000, keyTime: .seconds(5))

func examine(
    _ configuration: RedisConfiguration,
    settings: NodeSettings = NodeSettings(),
    extent: Examination.Extent = quick
) async -> Report {
    var (configuration, settings) = (configuration, settings)
    configuration.commandTimeout = settings.redis.commandTimeout
    settings.lease.heartbeatInterval = .milliseconds(100)
    var node = NodeFacts(settings, loops: 4)
    node.memory = 64 << 30
    let cluster = ClusterName.standard
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    return await Examination(of: node, at: configuration, cluster: cluster, on: loop, extent: extent).report()
}

extension Report {
    /// `level check`, for each finding that is more than `ok`.
    var troubles: Set<String> {
        Set(findings.filter { $0.level > .ok }.map { "\($0.level.rawValue) \($0.check)" })
    }

    /// The same without notes, which a good server may give too, and without what a busy machine makes of any
    /// server.
    var grave: Set<String> {
        let ofTime = ["latency", "clock", "fork"]
        return troubles.filter { trouble in
            !trouble.hasPrefix("note ") && !ofTime.contains { trouble.hasSuffix(" \($0)") }
        }
    }
}

/// Runs a client while `body` runs.
func withClient<Result: Sendable>(
    _ configuration: RedisConfiguration,
    _ body: (RedisClient) async throws -> Result
) async throws -> Result {
    let client = RedisClient(
        configuration: configuration,
        eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await client.run() }
        defer { group.cancelAll() }
        for await state in client.states() where state == .connected { break }
        return try await body(client)
    }
}
