import ActorRuntime
import Cart
import CartService
import Logging
import NIOCore
import NIOPosix
import Ownership
import PeerTransport
import RedisActorStore
import RedisClient

/// A node alone on its Redis, assembled of the product's parts, without its faces.
struct BenchNode: Sendable {
    let plan: BenchPlan
    let host: Host<CartLogic>
    /// Carries the carts' commands, and the questions of who measures.
    let redis: RedisClient
    private let heartbeats: RedisClient
    private let keeper: SessionKeeper
    private let link: LinkClient

    /// How long a node may take until it serves.
    private static let patience: Duration = .seconds(30)

    /// Runs `body` with a node that serves, and ends it afterwards in good order.
    ///
    /// - Parameter socket: where its Redis listens.
    static func with<Value: Sendable>(
        _ plan: BenchPlan,
        on socket: String,
        _ body: (BenchNode) async throws -> Value
    ) async throws -> Value {
        let heart = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let result: Result<Value, any Error>
        do {
            let node = try BenchNode(plan, on: socket, heart: heart.next(), restores: heart.next())
            result = .success(try await node.live(body))
        } catch {
            result = .failure(error)
        }
        try await heart.shutdownGracefully()
        return try result.get()
    }

    /// Runs `body` with several nodes at once.
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

    private init(_ plan: BenchPlan, on socket: String, heart: any EventLoop, restores: any EventLoop) throws {
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
        else { throw BenchFailure("no node can keep its carts by \(name) under \(plan.cluster)") }
        let policy = plan.policy
        let directory = MembershipDirectory(policy: policy.lease) {
            var generator = SystemRandomNumberGenerator()
            return SessionHandle(id: SessionID(random: &generator), policy: policy.lease)
        }
        let redis = RedisClient(configuration: server, eventLoop: loops.next(), logger: logger)
        let heartbeats = RedisClient(configuration: server, eventLoop: heart, logger: logger)
        let link = try LinkClient(secret: "nobody is asked", eventLoopGroup: loops, logger: logger)
        let host = Host(
            decider: CartLogic(),
            codec: CartCodec(),
            store: RedisActorStore(client: redis, cluster: cluster, layout: layout),
            link: link,
            directory: directory,
            policy: policy,
            clock: ContinuousClock(),
            node: name,
            restorer: EventLoopTaskExecutor(restores, givingWay: true),
            random: { UInt64.random(in: .min ... .max) },
            logger: logger
        )
        self.keeper = SessionKeeper(
            registry: RedisSessionRegistry(client: heartbeats, cluster: cluster, logger: logger),
            directory: directory,
            policy: policy.lease,
            card: NodeCard(name: name, link: "127.0.0.1:0", build: "bench"),
            bootstrap: BootstrapState(exclusive: true),
            clock: ContinuousClock(),
            executor: heart.executor,
            nothingLive: { host.liveCount == 0 },
            logger: logger
        )
        self.plan = plan
        self.host = host
        self.redis = redis
        self.heartbeats = heartbeats
        self.link = link
    }

    private func live<Value: Sendable>(_ body: (BenchNode) async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await redis.run() }
            group.addTask { try await heartbeats.run() }
            group.addTask {
                for await state in heartbeats.states() where state == .connected { break }
                await keeper.run()
            }
            group.addTask { try await link.run() }
            group.addTask { await host.run(keeper.notices) }
            defer { group.cancelAll() }
            try await ready()
            let value = try await body(self)
            await keeper.announceDraining()
            try await passivateAll()
            await keeper.leave()
            return value
        }
    }

    private func ready() async throws {
        let deadline = ContinuousClock.now + Self.patience
        while !host.isReady {
            guard ContinuousClock.now < deadline else { throw BenchFailure("the node does not get ready") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Gives every live cart up, so that all are cold. Nobody may be asking.
    func passivateAll() async throws {
        let left = await host.releaseAll(until: ContinuousClock.now + Self.patience)
        guard left == 0 else { throw BenchFailure("\(left) carts could not be put away") }
    }
}

/// Why there are no figures.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
