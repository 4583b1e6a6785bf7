package import ServerTesting

extension Cluster {
    /// The token of callers that may set prices, at every node.
    package static let trustedToken = "a-token-of-the-tests"

    /// The settings of a test cluster. Closures take the number of a node.
    package struct Options: Sendable {
        package var nodes = 2
        /// True if no other cluster of this process may run meanwhile, for tests that measure or depend on
        /// timing.
        package var isAlone = false
        package var lease = Lease.short
        /// Further command-line arguments of every node.
        package var settings: [String] = []
        /// The cluster secret of a node.
        package var secret: @Sendable (Int) -> String = { _ in "a secret of the tests" }
        /// The Redis URL of a node; nil for an embedded Redis. Unused for nodes that reach Redis through a
        /// proxy.
        package var redis: @Sendable (RedisServerFixture, Int) -> String? = { redis, _ in
            "unix://\(redis.socketPath)"
        }
        /// The Redis URL of a node in a cluster with sentinels.
        package var sentinels: @Sendable (RedisFailoverGroup, Int) -> String = { group, _ in group.url }
        /// The Redis in use, where that changes.
        var presentRedis: (@Sendable () -> RedisServerFixture)?
        /// The servers that are asked for stored carts, where these are several.
        var servers: (@Sendable () -> [RedisServerFixture])?
        /// The time within which a node is ready.
        package var patience: Duration = .seconds(20)
        /// The data folder of a node, relative to the cluster's folder.
        package var folder: @Sendable (Int) -> String = { "node\($0)" }
        /// The failpoints of a node's first start.
        package var failpoints: @Sendable (Int) -> String? = { _ in nil }
        /// Additional environment variables of a node's first start.
        package var environment: @Sendable (Int) -> [String: String] = { _ in [:] }
        /// The nodes that reach Redis through a proxy of their own.
        package var proxiesToRedis: Set<Int> = []
        /// True if a proxy stands in front of each node's link.
        package var proxiesLinks = false
        /// Seed of the proxies' jitter.
        package var seed: UInt64 = 0
        /// True if the nodes are started and ready before the body runs.
        package var starts = true

        package init() {}
    }

    /// A Redis with an append-only file.
    package static func durableRedis(
        _ append: RedisServerFixture.Options.Append = .always
    ) -> RedisServerFixture.Options {
        var options = RedisServerFixture.Options()
        options.append = append
        return options
    }
}
