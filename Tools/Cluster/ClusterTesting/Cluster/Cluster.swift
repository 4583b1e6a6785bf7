internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
package import ServerTesting

/// A test cluster of node processes, with proxies between them if requested. It exists within the scope of
/// `with`.
package struct Cluster: Sendable {
    /// The Redis that the nodes use now.
    package var redis: RedisServerFixture { presentRedis() }
    private let presentRedis: @Sendable () -> RedisServerFixture
    /// The servers of which each has some of the carts.
    let servers: @Sendable () -> [RedisServerFixture]
    package let nodes: [NodeProcess]
    package let lease: Lease
    /// True if all nodes use `redis`; false if some use one of their own.
    let sharesRedis: Bool
    /// Folder with the nodes' data folders and logs.
    package let home: String
    /// The proxy in front of each node's link; empty if there are none.
    package let linkProxies: [FaultProxy]
    let redisProxies: [Int: FaultProxy]
    let operations: HTTPClient

    /// The proxy between a node and Redis.
    package func redisProxy(of number: Int) throws -> FaultProxy {
        guard let proxy = redisProxies[number] else {
            throw ConditionTimeout(condition: "node \(number) has a proxy to Redis", bound: .zero)
        }
        return proxy
    }

    /// Runs `body` with a cluster on a Redis of its own, once this machine has room for its nodes.
    package static func with(
        _ options: Options = Options(),
        on server: RedisServerFixture.Options = durableRedis(),
        _ body: (Cluster) async throws -> Void
    ) async throws {
        let budget = NodeBudget.shared
        try await budget.with(nodes: options.isAlone ? budget.limit : options.nodes) {
            try await RedisServerFixture.with(server) { try await with(options, redis: $0, body) }
        }
    }

    /// Runs `body` with a cluster that finds its Redis by sentinels.
    ///
    /// - Parameters:
    ///   - settings: of the servers, as on the command line.
    ///   - replicaSettings: further ones, of the first and the second replica.
    package static func withSentinels(
        _ options: Options = Options(),
        settings: [String] = [],
        replicaSettings: [[String]] = [],
        _ body: (Cluster, RedisFailoverGroup) async throws -> Void
    ) async throws {
        // The servers and sentinels of a group take as much of a machine as a node or two.
        try await NodeBudget.shared.with(nodes: options.nodes + 2) {
            try await RedisFailoverGroup.with(settings: settings, replicaSettings: replicaSettings) { group in
                var options = options
                let reach = options.sentinels
                options.redis = { _, number in reach(group, number) }
                options.presentRedis = { group.primary }
                try await with(options, redis: group.primary) { try await body($0, group) }
            }
        }
    }

    /// Runs `body` with a cluster on a Redis Cluster.
    package static func withRedisCluster(
        _ options: Options = Options(),
        servers: RedisClusterFixture.Options = RedisClusterFixture.Options(),
        _ body: (Cluster, RedisClusterFixture) async throws -> Void
    ) async throws {
        // Six servers take as much of a machine as three nodes.
        try await NodeBudget.shared.with(nodes: options.nodes + 3) {
            try await RedisClusterFixture.with(servers) { shards in
                var options = options
                options.redis = { _, _ in shards.url }
                options.servers = { shards.members.map(\.server).filter(\.isAwake) }
                try await with(options, redis: shards.primaries[0].server) { try await body($0, shards) }
            }
        }
    }

    /// Runs `body` with a cluster on a given Redis, and stops the cluster afterwards.
    package static func with(
        _ options: Options,
        redis: RedisServerFixture,
        _ body: (Cluster) async throws -> Void
    ) async throws {
        let ports = try (0..<options.nodes).map { _ in try ListeningPorts.free() }
        let proxied = options.proxiesToRedis.sorted()
        let upstream = FaultProxy.Upstream.unix(path: redis.socketPath)
        let links = options.proxiesLinks ? ports.map { FaultProxy.Upstream.tcp(port: $0.link) } : []
        try await FaultProxy.with(
            upstreams: proxied.map { _ in upstream } + links,
            seed: options.seed
        ) { proxies in
            let cluster = try Cluster(
                options,
                redis: redis,
                ports: ports,
                redisProxies: Dictionary(uniqueKeysWithValues: zip(proxied, proxies)),
                linkProxies: Array(proxies.dropFirst(proxied.count))
            )
            try await cluster.run(options, body)
        }
    }

    private init(
        _ options: Options,
        redis: RedisServerFixture,
        ports: [ListeningPorts],
        redisProxies: [Int: FaultProxy],
        linkProxies: [FaultProxy]
    ) throws {
        let home = NSTemporaryDirectory() + "cart-failover-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        let presentRedis = options.presentRedis ?? { redis }
        self.presentRedis = presentRedis
        servers = options.servers ?? { [presentRedis()] }
        self.home = home
        self.redisProxies = redisProxies
        self.linkProxies = linkProxies
        lease = options.lease
        sharesRedis = ports.indices.allSatisfy { redisProxies[$0] != nil || options.redis(redis, $0) != nil }
        nodes = ports.enumerated().map { number, ports in
            var arguments = options.lease.arguments + options.settings
            if !linkProxies.isEmpty {
                arguments += ["--link-advertise", "127.0.0.1:\(linkProxies[number].port)"]
            }
            let proxy = redisProxies[number]
            return NodeProcess(
                name: "node\(number)",
                ports: ports,
                folder: "\(home)/\(options.folder(number))",
                logPath: "\(home)/node\(number).log",
                arguments: arguments,
                redis: proxy.map { "redis://127.0.0.1:\($0.port)" } ?? options.redis(redis, number),
                secret: options.secret(number)
            )
        }
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(2)
        operations = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private func run(_ options: Options, _ body: (Cluster) async throws -> Void) async throws {
        var failure: (any Error)?
        do {
            if options.starts {
                for (number, node) in nodes.enumerated() {
                    try node.start(
                        failpoints: options.failpoints(number),
                        environment: options.environment(number)
                    )
                }
                for node in nodes { try await ready(node, within: options.patience) }
            }
            try await body(self)
        } catch {
            failure = error
        }
        // In a task of its own, because the task of an abandoned test is cancelled.
        try await Task {
            for node in nodes {
                try await node.kill()
                node.killEmbeddedRedis()
            }
            try await operations.shutdown()
        }.value
        if let kept = ProcessInfo.processInfo.environment["FAILOVER_KEEPS_LOGS"],
            failure != nil || kept == "all"
        {
            print("logs of the nodes: \(home)")
        } else {
            try FileManager.default.removeItem(atPath: home)
        }
        if let failure { throw failure }
    }
}
