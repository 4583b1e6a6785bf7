import AsyncHTTPClient
import Foundation
import HostingTesting
import NIOCore

/// Some nodes on one Redis, gone with the test.
struct Cluster: Sendable {
    struct Options: Sendable {
        var nodes = 2
        var lease = Lease.short
        /// Further settings of every node.
        var settings: [String] = []
        /// The secret of the node of that number.
        var secret: @Sendable (Int) -> String = { _ in "a secret of the tests" }
        /// The Redis of the node of that number; nil for an embedded one.
        var redis: @Sendable (RedisServerFixture, Int) -> String? = { redis, _ in "unix://\(redis.socketPath)"
        }
        /// The folder of the node of that number, inside the test's.
        var folder: @Sendable (Int) -> String = { "node\($0)" }
        /// Whether the nodes are started and ready when the test begins.
        var starts = true
    }

    /// What the nodes are told of their leases.
    struct Lease: Sendable {
        let length: Duration
        let margin: Duration
        let heartbeat: Duration

        /// As it is where nobody says otherwise.
        static let standard = Lease(length: .seconds(5), margin: .milliseconds(500), heartbeat: .seconds(1))
        /// As short as a busy machine can keep it.
        static let short = Lease(
            length: .seconds(2),
            margin: .milliseconds(200),
            heartbeat: .milliseconds(300)
        )

        /// The most that others need to take carts over, from the owner's last sign of life.
        var takeover: Duration { length + margin + heartbeat }

        var words: [String] {
            [("length", length), ("margin", margin)].flatMap { ["--lease-\($0)", Self.word($1)] }
                + ["--heartbeat-interval", Self.word(heartbeat)]
        }

        private static func word(_ duration: Duration) -> String {
            let (seconds, attoseconds) = duration.components
            return "\(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)ms"
        }
    }

    let redis: RedisServerFixture
    let nodes: [NodeProcess]
    let shop: Storefront
    let lease: Lease

    /// The append-only Redis that carts are kept in.
    static func durableRedis(_ append: RedisServerFixture.Options.Append = .always)
        -> RedisServerFixture.Options
    {
        var options = RedisServerFixture.Options()
        options.append = append
        return options
    }

    /// Runs `body` with a cluster on a Redis of its own.
    static func with(
        _ options: Options = Options(),
        on server: RedisServerFixture.Options = durableRedis(),
        _ body: (Cluster) async throws -> Void
    ) async throws {
        try await RedisServerFixture.with(server) { try await with(options, redis: $0, body) }
    }

    /// Runs `body` with a cluster on a given Redis.
    static func with(
        _ options: Options,
        redis: RedisServerFixture,
        _ body: (Cluster) async throws -> Void
    ) async throws {
        let home = NSTemporaryDirectory() + "cart-failover-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        let nodes = try (0..<options.nodes).map { number in
            NodeProcess(
                name: "node\(number)",
                ports: try (0..<3).map { _ in try FreePort.find() },
                folder: "\(home)/\(options.folder(number))",
                logPath: "\(home)/node\(number).log",
                options: options.lease.words + options.settings,
                redis: options.redis(redis, number),
                secret: options.secret(number)
            )
        }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Storefront.configuration)
        let cluster = Cluster(
            redis: redis,
            nodes: nodes,
            shop: Storefront(client: client),
            lease: options.lease
        )
        var failure: (any Error)?
        do {
            if options.starts {
                for node in nodes { try node.start() }
                for node in nodes { try await cluster.ready(node) }
            }
            try await body(cluster)
        } catch {
            failure = error
        }
        for node in nodes {
            try await node.kill()
            node.killEmbeddedRedis()
        }
        try await client.shutdown()
        if let kept = ProcessInfo.processInfo.environment["FAILOVER_KEEPS_LOGS"],
            failure != nil || kept == "all"
        {
            print("logs of the nodes: \(home)")
        } else {
            try FileManager.default.removeItem(atPath: home)
        }
        if let failure { throw failure }
    }

    /// Runs `body` with a cluster whose first node reaches Redis through a proxy; the others go straight.
    static func withProxy(_ body: (Cluster, FaultProxy) async throws -> Void) async throws {
        try await RedisServerFixture.with(durableRedis()) { redis in
            try await FaultProxy.with(upstream: redis.socketPath) { proxy in
                var options = Options()
                options.redis = { redis, number in
                    number == 0 ? "redis://127.0.0.1:\(proxy.port)" : "unix://\(redis.socketPath)"
                }
                try await with(options, redis: redis) { try await body($0, proxy) }
            }
        }
    }

    /// Waits until a node is ready, and answers how long it took.
    @discardableResult
    func ready(_ node: NodeProcess, within bound: Duration = .seconds(20)) async throws -> Duration {
        try await eventually(within: bound, "\(node.name) is ready\n\(node.logTail)") {
            guard node.ended == nil else {
                throw Overdue(what: "\(node.name) ended\n\(node.logTail)", bound: .zero)
            }
            return await shop.operations("readyz", at: node)?.status == 200
        }
    }
}
