import ActorRuntime
import CartActor
import CartApplication
import CartGRPC
import CartHTTP
import ConnectionAdmission
import CoreMetrics
import LibraryTracing
import LogEvents
import LogOutput
import Logging
import NIOCore
import NIOPosix
import NodeConfiguration
import OTLPExport
import PeerTransport
import PrometheusExposition
import RedisActorStore
import RedisClient
import ServiceLifecycle
import Tracing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The parts of one cart node, assembled and not yet running.
struct Node {
    let settings: NodeSettings
    let failpoints: Failpoints
    let logger: Logger
    /// Held as long as the node runs; nil where none can be used.
    let folder: DataFolder?
    let recorder: SessionRecorder
    let embedded: EmbeddedRedis?
    /// All connections to Redis but the feed's.
    let redis: RedisConnections
    let readiness: RedisReadiness
    let doctor: NodeDoctor
    let link: LinkClient
    let peers: LinkServer
    let runtime: NodeRuntime<CartLogic>
    let past: RedisActorHistoryStore
    let feed: RedisChangeFeed
    let watches = WatchRegistry { ContinuousClock.now }
    /// Admits the connections of clients, on all ports for carts.
    let clientGate: ConnectionGate
    /// Admits connections to the operations port.
    let operationsGate: ConnectionGate
    /// The metrics that libraries report.
    let libraryMetrics: LibraryMetrics
    let loopLag: EventLoopLag
    let requestCounters: RequestCounters
    let callCounts = CallCounts()
    let outcomes = OutcomeCounts()
    let drainRequest = DrainRequest()
    /// Nil where nothing is recorded.
    let tracing: NodeTracing?
    let clock = ContinuousClock()

    /// Builds a node and runs it until it has left, or cannot go on.
    static func run(_ settings: NodeSettings, _ log: NodeLogHandler.Shared) async throws {
        // Before anything asks for the loops, which are made once.
        if settings.host.eventLoops > 0 { NIOSingletons.groupLoopCountSuggestion = settings.host.eventLoops }
        LoggingSystem.bootstrap({ NodeLogHandler(log, metadataProvider: $1) }, metadataProvider: .traces)
        var logger = Logger(label: "cart-node")
        logger.logLevel = settings.logLevel
        logger.event(.nodeStarts, settings.logDetails)
        for warning in settings.warnings { logger.event(.settingQuestionable, ["warning": "\(warning)"]) }
        if !settings.operations.isLoopback, settings.opsToken.revealed.isEmpty, settings.opsTrust == .loopback
        {
            logger.event(.operationsClosed, ["operations": "\(settings.operations)"])
        }
        let libraryMetrics = LibraryMetrics(declared: NodeMetrics.all)
        MetricsSystem.bootstrap(libraryMetrics)
        let traces = TraceSettings(environment: ProcessInfo.processInfo.environment)
        let loops = MultiThreadedEventLoopGroup.singleton
        let tracing = NodeTracing(traces, of: settings, group: loops, logger: logger)
        if let tracing { InstrumentationSystem.bootstrap(LibraryTracer(tracing.recorder)) }
        // The heartbeats have a thread of their own, whatever else the process has to do.
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let end: Result<Void, any Error>
        do {
            end = .success(
                try await Node(
                    settings,
                    heartbeatLoop: threads.next(),
                    libraryMetrics: libraryMetrics,
                    log: log,
                    tracing: tracing,
                    logger: logger
                )
                .group().run()
            )
        } catch {
            end = .failure(error)
        }
        do {
            try await threads.shutdownGracefully()
        } catch {
            logger.event(.threadsNotEnded, ["cause": "\(error)"])
        }
        try end.get()
        logger.event(.nodeStopped)
    }

    /// The services in the order in which they start; they stop in the opposite order.
    private func group() throws -> ServiceGroup {
        let dashboard = makeDashboard()
        var services: [any Service] = []
        if let tracing { services.append(TraceExportService(exporter: tracing.exporter)) }
        if let embedded { services.append(embedded) }
        if let sentinels = redis.sentinels { services.append(SentinelService(watch: sentinels)) }
        if let topology = redis.topology { services.append(TopologyService(topology: topology)) }
        services += redis.all.map { RedisService(servers: $0) }
        services += [
            drainRequest, FeedService(feed: feed), readiness, doctor, loopLag,
            operationsApplication(dashboard), DashboardService(dashboard: dashboard), recorder,
            RuntimeService(runtime: runtime, readiness: readiness),
            LinkClientService(link: link), LinkServerService(server: peers), cartApplication(),
        ]
        if let retail = retailApplication() { services.append(retail) }
        if let server = try rpcServer() { services.append(RPCServerService(server: server)) }
        services.append(
            DrainService(
                runtime: runtime,
                feed: feed,
                dashboard: dashboard,
                failpoints: failpoints,
                shutdown: settings.shutdown,
                linkStopLimit: settings.linkPolicy.drainLimit
            )
        )
        var configuration = ServiceGroupConfiguration(
            services: services.map {
                ServiceGroupConfiguration.ServiceConfiguration(
                    service: $0,
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    // Cancelled, the HTTP servers would drop connections that they have accepted and not
                    // taken up yet, which traps in NIO. So too a node that fails later still hands over.
                    failureTerminationBehavior: .gracefullyShutdownGroup
                )
            },
            gracefulShutdownSignals: ProcessSignals.draining,
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = settings.shutdown.drainBudget
        return ServiceGroup(configuration: configuration)
    }
}
