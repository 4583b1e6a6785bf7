import ActorRuntime
import Logging
import NIOPosix
import Ownership
import RedisClient
import ServerTesting
import Testing

@testable import RedisActorStore

/// Notifications through the channels of a real Redis Cluster's shards.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ShardedFeedTests {
    private let id = ActorID("watched")
    private var channel: String { RedisKeys(cluster: .standard).channel(id, inDatabase: 0) }

    private func withFeed(
        _ cluster: RedisClusterFixture,
        interval: Duration = .seconds(60),
        _ body: (RedisChangeFeed) async throws -> Void
    ) async throws {
        var configuration = try RedisConfiguration(url: cluster.url)
        configuration.commandTimeout = .seconds(5)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let topology = try #require(
            RedisClusterTopology(configuration: configuration, eventLoop: loop, logger: logger)
        )
        let feed = RedisChangeFeed(
            configuration: configuration,
            eventLoop: loop,
            limit: 100,
            interval: interval,
            random: { .random(in: .min ... .max) },
            logger: logger,
            topology: topology
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await topology.run() }
            group.addTask { try await feed.run() }
            defer { group.cancelAll() }
            try await body(feed)
        }
    }

    /// Publishes a version at the server of the channel.
    ///
    /// - Returns: the number of subscribers that heard it, in Redis's protocol.
    private func publish(_ version: Int, in cluster: RedisClusterFixture) throws -> String {
        let slot = try cluster.slot(of: channel)
        let server = try #require(cluster.server(of: slot)).server
        return server.command("SPUBLISH", channel, "\(version)")
    }

    /// Takes notifications until the one of this version.
    private func hears(_ wanted: ChangeNotification, in news: AsyncStream<ChangeNotification>) async -> Bool {
        for await notification in news where notification == wanted { return true }
        return false
    }

    @Test func `a listener hears of its actor, also after its slot has moved and its server was replaced`()
        async throws
    {
        try await RedisClusterFixture.with { cluster in
            try await withFeed(cluster) { feed in
                let news = try #require(feed.notifications(of: id))
                #expect(await hears(.look, in: news))
                #expect(try publish(1, in: cluster) == ":1\r\n")
                #expect(await hears(.committed(SequenceNumber(1)), in: news))

                // The former server ends the subscription, and the feed follows the slot.
                let slot = try cluster.slot(of: channel)
                let source = try #require(cluster.server(of: slot))
                let target = try #require(cluster.primaries.first { $0 != source })
                try await cluster.move(slot...slot, from: source, to: target)
                try await cluster.wait("subscribed at the target") {
                    (try? publish(2, in: cluster)) == ":1\r\n"
                }
                #expect(await hears(.committed(SequenceNumber(2)), in: news))

                await target.server.kill()
                _ = try await cluster.replaced(target, of: slot)
                try await cluster.wait("subscribed at the promoted replica") {
                    (try? publish(3, in: cluster)) == ":1\r\n"
                }
                #expect(await hears(.committed(SequenceNumber(3)), in: news))
            }
        }
    }

    @Test func `the last listener of an actor takes the subscription with it`() async throws {
        try await RedisClusterFixture.with { cluster in
            try await withFeed(cluster) { feed in
                func listen() async throws {
                    let news = try #require(feed.notifications(of: id))
                    #expect(await hears(.look, in: news))
                    #expect(try publish(1, in: cluster) == ":1\r\n")
                }
                for _ in 0..<3 {
                    try await listen()
                    try await cluster.wait("nobody listens") { (try? publish(1, in: cluster)) == ":0\r\n" }
                }
            }
        }
    }
}
