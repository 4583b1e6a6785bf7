package import ServerTesting

extension Cluster {
    package struct Options: Sendable {
        package var nodes = 2
        /// Whether no other cluster of this process runs meanwhile; for tests that measure, or that are short of time.
        package var isAlone = false
        package var lease = Lease.short
        /// Further settings of every node.
        package var settings: [String] = []
        /// The secret of the node of that number.
        package var secret: @Sendable (Int) -> String = { _ in "a secret of the tests" }
        /// The Redis of the node of that number; nil for an embedded one. Not asked where a proxy stands between.
        package var redis: @Sendable (RedisServerFixture, Int) -> String? = { redis, _ in
            "unix://\(redis.socketPath)"
        }
        /// The folder of the node of that number, inside the cluster's.
        package var folder: @Sendable (Int) -> String = { "node\($0)" }
        /// The failpoints that the node of that number is first started with.
        package var failpoints: @Sendable (Int) -> String? = { _ in nil }
        /// What else the node of that number is first started with in its environment.
        package var environment: @Sendable (Int) -> [String: String] = { _ in [:] }
        /// Which nodes reach Redis through a proxy of their own.
        package var proxiesToRedis: Set<Int> = []
        /// Whether nodes reach each other through a proxy before each.
        package var proxiesLinks = false
        /// What the proxies' jitter is drawn from.
        package var seed: UInt64 = 0
        /// Whether the nodes are started and ready when the body begins.
        package var starts = true

        package init() {}
    }

    /// The append-only Redis that carts are kept in.
    package static func durableRedis(
        _ append: RedisServerFixture.Options.Append = .always
    ) -> RedisServerFixture.Options {
        var options = RedisServerFixture.Options()
        options.append = append
        return options
    }
}
