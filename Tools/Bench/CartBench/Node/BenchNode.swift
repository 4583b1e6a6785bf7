import ActorRuntime
import Cart
import CartActor
import Logging
import NIOCore
import NIOPosix
import Ownership
import PeerTransport
import RedisActorStore
import RedisClient

/// A node of the product's own runtime, store and session registry, without faces and without peers.
struct BenchNode: Sendable {
    let plan: BenchPlan
    let runtime: NodeRuntime<CartLogic>
    /// Connection for what tasks ask of Redis, and for the readings of a measurement.
    let redis: RedisClient
    /// Connections for the carts' commands, one for each event loop.
    private let loopClients: [RedisClient]
    private let heartbeats: RedisClient
    private let link: LinkClient

    var host: Host<CartLogic> { runtime.host }

    /// Time limit for a node to become ready, and to release its carts.
    private static let patience: Duration = .seconds(300)

    /// Runs `body` with a ready node and drains the node afterwards.
    ///
    /// - Parameter socket: path of the Unix socket of its Redis.
    static func with<Value: Sendable>(
        _ plan: BenchPlan,
        on socket: String,
        _ body: (BenchNode) async throws -> Value
    ) async throws -> Value {
        let heart = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let result: Result<Value, any Error>
        do {
            let node = try BenchNode(plan, on: socket, heart: heart.next())
            result = .success(try await node.run(body))
        } catch {
            result = .failure(error)
        }
        try await heart.shutdownGracefully()
        return try result.get()
    }

    /// Runs `body` with several nodes, one for each plan.
    static func with<Value: Sendable>(
        _ plans: [BenchPlan],
        on socket: String,
        _ body: ([BenchNode]) async throws -> Value
    ) async throws -> Value {
        try await with(plans[...], on: socket, beside: [], body)
    }

    private static func with<Value: Sendable>(
        _ plans: ArraySlice<BenchPlan>,
        on socket: String,
        beside others: [BenchNode],
        _ body: ([BenchNode]) async throws -> Value
    ) async throws -> Value {
        guard let plan = plans.first else { return try await body(others) }
        return try await with(plan, on: socket) { node in
            try await with(plans.dropFirst(), on: socket, beside: others + [node], body)
        }
    }

    private init(_ plan: BenchPlan, on socket: String, heart: any EventLoop) throws {
        var logger = Logger(label: "cart-bench") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        let loops = MultiThreadedEventLoopGroup.singleton
        let server = RedisConfiguration(address: .unix(path: socket))
        let name = plan.strategy.rawValue
        guard let cluster = ClusterName(plan.cluster),
            let layout = plan.strategy.layout(
                StateReader(decider: CartLogic(), codec: CartCodec()),
                snapshotEvery: plan.snapshotInterval
            )
        else { throw BenchFailure("invalid strategy \(name) or cluster name \(plan.cluster)") }
        let redis = RedisClient(configuration: server, eventLoop: loops.next(), logger: logger)
        let loopClients = RedisClient.onEachLoop(of: loops, configuration: server, logger: logger)
        let heartbeats = RedisClient(configuration: server, eventLoop: heart, logger: logger)
        let link = try LinkClient(secret: "unused: there are no peers", advertised: "", logger: logger)
        let environment = NodeEnvironment(loops: Array(loops.makeIterator()), sessionExecutor: heart.executor)
        self.runtime = NodeRuntime(
            decider: CartLogic(),
            codec: CartCodec(),
            ports: NodePorts(
                store: RedisActorStore(
                    client: redis,
                    loopClients: loopClients,
                    cluster: cluster,
                    layout: layout
                ),
                registry: RedisSessionRegistry(client: heartbeats, cluster: cluster, logger: logger),
                link: link
            ),
            identity: NodeIdentity(
                card: NodeCard(name: name, link: "127.0.0.1:0", build: "bench"),
                bootstrap: BootstrapState(exclusive: true)
            ),
            policy: plan.policy,
            environment: environment,
            logger: logger
        )
        self.plan = plan
        self.redis = redis
        self.loopClients = loopClients
        self.heartbeats = heartbeats
        self.link = link
    }

    private func run<Value: Sendable>(_ body: (BenchNode) async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in [redis, heartbeats] + loopClients { group.addTask { try await client.run() } }
            group.addTask {
                await runtime.run {
                    for await state in heartbeats.states() where state == .connected { return true }
                    return false
                }
            }
            group.addTask { try await link.run() }
            defer { group.cancelAll() }
            try await ready()
            let value = try await body(self)
            let left = try await runtime.drain(within: Self.patience)
            guard left == 0 else { throw BenchFailure("\(left) carts were not released") }
            await runtime.leave()
            return value
        }
    }

    private func ready() async throws {
        let deadline = ContinuousClock.now + Self.patience
        while !runtime.isReady {
            guard ContinuousClock.now < deadline else {
                throw BenchFailure("the node was not ready within \(Self.patience)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Passivates every live cart. No ask may be under way.
    func passivateAll() async throws {
        let left = await host.releaseAll(until: ContinuousClock.now + Self.patience)
        guard left == 0 else { throw BenchFailure("\(left) carts were not passivated") }
    }
}

/// The reason why a measurement has no figures.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
