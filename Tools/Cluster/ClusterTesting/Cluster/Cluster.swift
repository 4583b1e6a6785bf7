internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
package import ServerTesting

/// Some nodes on one Redis, with proxies between them where asked for. Gone with the scope.
package struct Cluster: Sendable {
    package let redis: RedisServerFixture
    package let nodes: [NodeProcess]
    package let lease: Lease
    /// Whether all nodes are on `redis`, rather than each on one of its own.
    let sharesRedis: Bool
    /// Where the nodes' folders and logs are.
    package let home: String
    /// What stands before each node's links; empty where nothing does.
    package let linkProxies: [FaultProxy]
    let redisProxies: [Int: FaultProxy]
    let operations: HTTPClient

    /// What stands between a node and Redis.
    package func redisProxy(of number: Int) throws -> FaultProxy {
        guard let proxy = redisProxies[number] else {
            throw ConditionTimeout(what: "node \(number) reaches Redis without a proxy", bound: .zero)
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

    /// Runs `body` with a cluster on a given Redis.
    package static func with(
        _ options: Options,
        redis: RedisServerFixture,
        _ body: (Cluster) async throws -> Void
    ) async throws {
        let ports = try (0..<options.nodes).map { _ in try (0..<5).map { _ in try FreePort.find() } }
        let proxied = options.proxiesToRedis.sorted()
        let upstream = FaultProxy.Upstream.unix(path: redis.socketPath)
        let links = options.proxiesLinks ? ports.map { FaultProxy.Upstream.tcp(port: $0[2]) } : []
        try await FaultProxy.with(
            upstreams: proxied.map { _ in upstream } + links,
            seed: options.seed
        ) { proxies in
            let cluster = try Cluster(
                options,
                redis,
                ports: ports,
                redisProxies: Dictionary(uniqueKeysWithValues: zip(proxied, proxies)),
                linkProxies: Array(proxies.dropFirst(proxied.count))
            )
            try await cluster.live(options, body)
        }
    }

    private init(
        _ options: Options,
        _ redis: RedisServerFixture,
        ports: [[Int]],
        redisProxies: [Int: FaultProxy],
        linkProxies: [FaultProxy]
    ) throws {
        let home = NSTemporaryDirectory() + "cart-failover-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        self.redis = redis
        self.home = home
        self.redisProxies = redisProxies
        self.linkProxies = linkProxies
        lease = options.lease
        sharesRedis = ports.indices.allSatisfy { redisProxies[$0] != nil || options.redis(redis, $0) != nil }
        nodes = ports.enumerated().map { number, ports in
            var words = options.lease.words + options.settings
            if !linkProxies.isEmpty {
                words += ["--link-advertise", "127.0.0.1:\(linkProxies[number].port)"]
            }
            let proxy = redisProxies[number]
            return NodeProcess(
                name: "node\(number)",
                ports: ports,
                folder: "\(home)/\(options.folder(number))",
                logPath: "\(home)/node\(number).log",
                options: words,
                redis: proxy.map { "redis://127.0.0.1:\($0.port)" } ?? options.redis(redis, number),
                secret: options.secret(number)
            )
        }
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(2)
        operations = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private func live(_ options: Options, _ body: (Cluster) async throws -> Void) async throws {
        var failure: (any Error)?
        do {
            if options.starts {
                for (number, node) in nodes.enumerated() {
                    try node.start(
                        failpoints: options.failpoints(number),
                        environment: options.environment(number)
                    )
                }
                for node in nodes { try await ready(node) }
            }
            try await body(self)
        } catch {
            failure = error
        }
        // In a task of its own, as that of a test that is given up is cancelled.
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
