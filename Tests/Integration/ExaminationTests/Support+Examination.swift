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

/// The checks that a busy machine fails with any server.
let ofTime: Set = ["latency", "clock", "fork"]

/// What the checks find, but for those of time.
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
    let examination = Examination(
        of: node,
        at: configuration,
        cluster: cluster,
        on: loop,
        extent: extent
    )
    return Report(
        redis: "\(configuration)",
        cluster: cluster.rawValue,
        facts: await examination.facts(),
        checks: CheckTable.all.filter { !ofTime.contains($0.name) }
    )
}

extension Report {
    /// `level check`, for each finding that is more than `ok`.
    var troubles: Set<String> {
        Set(findings.filter { $0.level > .ok }.map { "\($0.level.rawValue) \($0.check)" })
    }

    /// The same without notes, which a good server may give too.
    var grave: Set<String> { troubles.filter { !$0.hasPrefix("note ") } }
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

/// Runs a right server, and a client of it, while `body` runs.
func withRightServer(_ body: (RedisServerFixture, RedisClient) async throws -> Void) async throws {
    try await RedisServerFixture.with(.init(settings: rightSettings)) { server in
        try await withClient(server.configuration) { client in try await body(server, client) }
    }
}
