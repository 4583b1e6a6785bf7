import ActorRuntime
import Cart
import CartActor
import CartHTTP
import ConnectionAdmission
import LogEvents
import LogOutput
import Logging
import NIOCore
import NIOPosix
import NodeConfiguration
import Ownership
import PeerTransport
import PrometheusExposition
import RedisActorStore
import RedisClient
import Timing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Node {
    /// Puts the parts together. Takes the data folder's lock; touches nothing else yet.
    ///
    /// - Parameters:
    ///   - heartbeatLoop: the thread of the heartbeats.
    ///   - libraryMetrics: the metrics that libraries report.
    ///   - log: learns the session, which each line names.
    ///   - tracing: nil: nothing is recorded.
    init(
        _ settings: NodeSettings,
        heartbeatLoop: any EventLoop,
        libraryMetrics: LibraryMetrics,
        log: NodeLogHandler.Shared,
        tracing: NodeTracing? = nil,
        logger: Logger
    ) throws {
        let failpoints = try Failpoints(environment: ProcessInfo.processInfo.environment)
        if let armed = failpoints.description {
            logger.event(.failpointsArmed, ["points": "\(armed)"])
        }
        try Self.requireKnownHosts(settings)
        let folder = try Self.dataFolder(settings, logger: logger)
        let embedded = try Self.embeddedRedis(settings, folder, logger: logger)
        let server = Self.redisConfiguration(settings, embedded)
        let loops = MultiThreadedEventLoopGroup.singleton
        let redis = RedisConnections(
            to: server,
            loops: loops,
            heartbeatLoop: heartbeatLoop,
            logger: logger
        )
        guard let cluster = ClusterName(settings.cluster.name) else {
            throw BadSetting(
                "cluster-name",
                problem: "not fit for a key in Redis (got \"\(settings.cluster.name)\")"
            )
        }
        let recorder = SessionRecorder(folder: folder, logger: logger)
        let policy = settings.hostPolicy
        let linkPolicy = settings.linkPolicy
        let secret = settings.cluster.secret.revealed
        let credentials = try Self.linkCredentials(settings)
        let link = try LinkClient(
            secret: secret,
            advertised: settings.link.advertised,
            policy: linkPolicy,
            credentials: credentials,
            logger: logger
        )
        let codec = CartCodec()
        let decider = CartLogic(
            limits: settings.cart,
            tombstoneRetention: settings.redis.tombstoneRetention
        )
        let layout = settings.redis.strategy.layout(
            StateReader(decider: decider, codec: codec),
            snapshotEvery: settings.redis.snapshotInterval
        )
        guard let layout else {
            throw BadSetting(
                "strategy",
                problem: "not one that carts can be kept by (got \(settings.redis.strategy))"
            )
        }
        let runtime = NodeRuntime(
            decider: decider,
            codec: codec,
            ports: NodePorts(
                store: failpoints.around(
                    RedisActorStore(
                        servers: redis.tasks,
                        loopServers: redis.carts,
                        cluster: cluster,
                        layout: layout,
                        retention: settings.redis.retention,
                        lifetime: { policy.lifetime(decider.retention(of: $0)) },
                        leastLifetime: policy.leastLifetime
                    )
                ),
                registry: failpoints.around(
                    RedisSessionRegistry(
                        servers: redis.heartbeats,
                        cluster: cluster,
                        replicas: settings.redis.replicas,
                        logger: logger
                    )
                ),
                link: link,
                topology: redis.probes.map { RedisStoreTopology(client: $0, cluster: cluster) }
            ),
            identity: Self.identity(settings, folder, recorder: recorder, log: log, logger: logger),
            policy: policy,
            environment: Self.environment(
                heartbeats: heartbeatLoop,
                actors: loops,
                tracing: tracing?.host(on: server)
            ),
            logger: logger
        )
        self.settings = settings
        self.failpoints = failpoints
        self.logger = logger
        self.folder = folder
        self.recorder = recorder
        self.embedded = embedded
        self.redis = redis
        self.readiness = RedisReadiness(
            servers: redis.tasks,
            cluster: cluster,
            settings: settings,
            learnNodeTimeout: { runtime.learnNodeTimeout($0) },
            logger: logger
        )
        self.doctor = NodeDoctor(
            settings,
            at: server,
            cluster: cluster,
            on: loops.next(),
            loops: redis.carts.count,
            reachedBy: redis.tasks,
            logger: logger
        )
        self.link = link
        self.runtime = runtime
        self.past = RedisActorHistoryStore(servers: redis.tasks, cluster: cluster)
        self.feed = RedisChangeFeed(
            configuration: server,
            eventLoop: loops.next(),
            cluster: cluster,
            limit: settings.streams,
            random: { .random(in: .min ... .max) },
            logger: logger.of(connection: "changes"),
            logThrottle: redis.logThrottle,
            watch: redis.sentinels,
            topology: redis.topology
        )
        self.clientGate = Self.clientGate(settings, logger: logger)
        self.operationsGate = ConnectionGate(
            limits: settings.operationsConnections,
            name: "operations",
            logger: logger
        )
        self.libraryMetrics = libraryMetrics
        self.requestCounters = RequestCounters(on: Array(loops.makeIterator()))
        self.tracing = tracing
        self.loopLag = EventLoopLag(actors: Array(loops.makeIterator()), heartbeats: heartbeatLoop)
        self.peers = try LinkServer(
            host: settings.link.listen.host,
            port: settings.link.listen.port,
            advertised: settings.link.advertised,
            secret: secret,
            receiver: failpoints.around(runtime.host),
            policy: linkPolicy,
            credentials: credentials,
            eventLoopGroup: loops,
            logger: logger
        )
    }

    private static func identity(
        _ settings: NodeSettings,
        _ folder: DataFolder?,
        recorder: SessionRecorder,
        log: NodeLogHandler.Shared,
        logger: Logger
    ) -> NodeIdentity {
        NodeIdentity(
            card: NodeCard(
                name: settings.nodeName,
                link: settings.link.advertised,
                build: NodeVersion.current,
                operations: settings.operationsAdvertised
            ),
            bootstrap: bootstrap(settings, folder, logger: logger),
            recordSession: { session, settled in
                log.session = session.rawValue
                recorder.record(
                    SessionRecord(
                        session: session,
                        settled: settled?.description,
                        cluster: settings.cluster.name,
                        redis: settings.redisIdentity
                    )
                )
            }
        )
    }

    private static func environment(
        heartbeats: any EventLoop,
        actors: any EventLoopGroup,
        tracing: HostTracing?
    ) -> NodeEnvironment {
        var environment = NodeEnvironment(
            loops: Array(actors.makeIterator()),
            sessionExecutor: heartbeats.executor
        )
        environment.sessionClock = EventLoopClock(loop: heartbeats)
        environment.tracing = tracing
        environment.sessionTaskExecutor = EventLoopTaskExecutor(heartbeats)
        return environment
    }

    private static func embeddedRedis(
        _ settings: NodeSettings,
        _ folder: DataFolder?,
        logger: Logger
    ) throws -> EmbeddedRedis? {
        switch (settings.redis.server, folder) {
        case (.url, _): nil
        case (.embedded, nil):
            throw BadSetting("data-dir", problem: "is required by a Redis of the node's own")
        case (.embedded, let folder?):
            try EmbeddedRedis(
                in: folder.path,
                fsync: settings.redis.embeddedFsync,
                searchPath: ProcessInfo.processInfo.environment["PATH"] ?? "",
                logger: logger
            )
        }
    }

    static func redisConfiguration(
        _ settings: NodeSettings,
        _ embedded: EmbeddedRedis?
    ) -> RedisConfiguration {
        var configuration: RedisConfiguration
        switch (settings.redis.server, embedded) {
        case (.url(let shared), _):
            configuration = shared
        case (.embedded, let embedded?):
            configuration = embedded.configuration
        case (.embedded, nil):
            preconditionFailure("an embedded Redis was asked for and not built")
        }
        configuration = settings.redis.settled(configuration)
        // A Redis that was away for less than a lease must be found again before the lease is over.
        configuration.backoffMaximum = max(configuration.backoffMinimum, settings.lease.heartbeatInterval)
        return configuration
    }

    /// The state that a former process left in the folder, if it was of the same cluster on the same Redis.
    private static func bootstrap(
        _ settings: NodeSettings,
        _ folder: DataFolder?,
        logger: Logger
    ) -> BootstrapState {
        let isExclusive = settings.redis.server == .embedded
        switch folder?.predecessor() {
        case nil, .some(.none):
            return BootstrapState(exclusive: isExclusive)
        case .record(let record, let isOver):
            guard record.cluster == settings.cluster.name, record.redis == settings.redisIdentity else {
                return BootstrapState(exclusive: isExclusive)
            }
            // Whatever holds a copy of the folder has a copy of an embedded Redis, not this one.
            let isGone = isOver || isExclusive
            if !isGone {
                logger.event(.predecessorAlive, ["formerSession": "\(record.session)"])
            }
            return BootstrapState(
                predecessor: isGone ? record.session : nil,
                settled: record.settled,
                exclusive: isExclusive
            )
        case .corrupted(let reason):
            logger.event(.predecessorUnreadable, ["cause": "\(reason)"])
            return BootstrapState(exclusive: isExclusive)
        }
    }
}
