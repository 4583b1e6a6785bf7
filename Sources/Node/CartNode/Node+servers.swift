import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartGRPC
import CartHTTP
import ConnectionAdmission
import Dashboard
import Doctor
import Hummingbird
import NIOCore
import NIOPosix
import NodeConfiguration
import Ownership
import RedisClient
import ServiceLifecycle
import Timing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Node {
    /// The port for clients.
    func cartApplication() -> some Service {
        let routes = CartRoutes(carts, node: settings.nodeName)
        let elsewhere = UnknownPathResponder(routes, context: BasicRequestContext.self)
        let index = IndexResponder(otherwise: elsewhere) { routes.methodNotAllowed(allowed: $0) }
        let recording = tracing?.port(settings.http)
        return application(
            failpoints.around(TracedResponder(carts: routes.responder(otherwise: index), tracing: recording)),
            at: settings.http,
            through: clientGate,
            face: .http,
            cors: CORSPolicy(origins: settings.corsOrigins),
            hotLane: failpoints.around(routes.hotLane(tracing: recording))
        )
    }

    /// The port for clients over gRPC, if there is one.
    func rpcServer() throws -> CartRPCServer? {
        guard let endpoint = settings.grpc.endpoint else { return nil }
        return try CartRPCServer(
            host: endpoint.host,
            port: endpoint.port,
            application: carts,
            gate: clientGate,
            calls: callCounts,
            recorder: tracing?.recorder,
            logger: logger,
            isServing: isReady
        )
    }

    /// The port for the AWS retail store's clients, if there is one.
    func retailApplication() -> (any Service)? {
        guard let endpoint = settings.retail.endpoint else { return nil }
        let routes = RetailRoutes(carts, node: settings.nodeName, isReady: isReady)
        let responder = RetailResponder(routes, context: BasicRequestContext.self)
        return application(
            failpoints.around(TracedResponder(retail: responder, tracing: tracing?.port(endpoint))),
            at: endpoint,
            through: clientGate,
            face: .retail,
            cors: CORSPolicy(origins: settings.corsOrigins)
        )
    }

    /// Tells whether clients should call this node.
    private var isReady: @Sendable () -> Bool {
        let (directory, clock) = (runtime.directory, clock)
        return { directory.notReadyReasons(at: clock.now).isEmpty }
    }

    /// The service that all faces call.
    private var carts: CartApplication<Host<CartLogic>> {
        let directory = runtime.directory
        let dependencies = CartAPIDependencies(
            now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) },
            newID: { CartID(randomHigh: .random(in: .min ... .max), randomLow: .random(in: .min ... .max)) },
            isDraining: { directory.isDraining },
            past: past,
            feed: feed,
            watches: watches,
            outcomes: outcomes
        )
        return CartApplication(
            dispatcher: runtime.host,
            policy: settings.apiPolicy,
            dependencies: dependencies
        )
    }

    /// The port for operators and gateways.
    func operationsApplication(_ dashboard: Dashboard) -> some Service {
        let router = Router(context: OperationsContext.self)
        DashboardRoutes(dashboard, look: cartFinder(dashboard).look).add(to: router)
        OperationsRoutes(
            metrics: metricRegistry(),
            doctor: { [doctor] in await doctor.report()?.json }
        ) { [self] in status() }.add(to: router)
        operationsActions().add(to: router)
        return application(
            DashboardResponder(
                dashboard,
                otherwise: OperationsResponder(settings.operationsAccess, otherwise: router.buildResponder())
            ),
            at: settings.operations,
            through: operationsGate,
            face: .operations
        )
    }

    private func application<Context: InitializableFromSource<ApplicationRequestContextSource>>(
        _ responder: some HTTPResponder<Context>,
        at endpoint: Endpoint,
        through gate: ConnectionGate,
        face: ConnectionCounts.Face,
        cors: CORSPolicy = CORSPolicy(),
        hotLane: HotLane? = nil
    ) -> some Service {
        var policy = ConnectionPolicy(node: settings.nodeName)
        policy.bodyBytes = settings.bodyLimit
        policy.cors = cors
        return Application(
            responder: responder,
            server: .face(
                policy,
                admitting: { gate.admit($0, to: face) },
                hotLane: hotLane,
                // What operators ask says nothing of how clients are served.
                counters: face == .operations ? nil : requestCounters
            ),
            configuration: .init(address: .hostname(endpoint.host, port: endpoint.port)),
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
            logger: logger
        )
    }

    func status() -> NodeStatus {
        let view = runtime.directory.clusterView(at: clock.now)
        let redis = redisStatus(view)
        return NodeStatus(
            name: settings.nodeName,
            build: NodeVersion.current,
            session: view.session.rawValue,
            notReady: view.notReadyReasons.map { reason in
                guard reason == .noSession else { return reason.rawValue }
                return "\(reason.rawValue): \(redis.problem ?? "no heartbeat was answered in time")"
            },
            draining: view.notReadyReasons.contains(.draining),
            liveCarts: runtime.host.liveCount,
            generation: view.generation?.description,
            lease: Int(clamping: view.lease.wholeMilliseconds),
            leaseLeft: leaseLeft,
            liveLimit: settings.host.liveCarts,
            operations: settings.operationsAdvertised,
            warnings: view.membersWithOtherLease.map {
                "\($0.card.name) has another lease length: set the same lease-length on all nodes"
            },
            members: view.members.map {
                NodeStatus.Peer(
                    name: $0.card.name,
                    session: $0.session.rawValue,
                    condition: $0.condition.rawValue,
                    link: $0.card.link,
                    build: $0.card.build,
                    operations: $0.card.operations,
                    lease: $0.lease.map { Int(clamping: $0.wholeMilliseconds) }
                )
            },
            redis: redis
        )
    }

    /// Milliseconds.
    private var leaseLeft: Int {
        switch runtime.directory.session.state {
        case .valid(let deadline): Int(clamping: max(.zero, deadline - clock.now).wholeMilliseconds)
        case .registering, .over: 0
        }
    }

    private func redisStatus(_ view: ClusterView) -> RedisStatus {
        var status = readiness.status
        let reason = redis.disconnectReason
        status.isConnected = reason == nil
        status.primaries = redis.topology?.primaries.map(\.inShort).sorted()
        if let reason {
            status.problem = "Redis is not connected: \(reason)"
        } else if let failure = view.heartbeatFailure {
            status.problem = failure.reason
        }
        return status
    }
}
