import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartGRPC
import CartHTTP
import Hummingbird
import NIOCore
import NIOPosix
import NodeConfiguration
import Ownership
import ServiceLifecycle
import Timing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Node {
    /// The longest silence of a connection, and the longest time that a request may take to arrive.
    private static var idleConnection: TimeAmount { .seconds(75) }

    /// The port for clients.
    func cartApplication() -> some Service {
        let routes = CartRoutes(carts, node: settings.nodeName)
        let elsewhere = UnknownPathResponder(routes, context: BasicRequestContext.self)
        let index = IndexResponder(otherwise: elsewhere) { routes.methodNotAllowed(allowed: $0) }
        return application(
            failpoints.around(routes.responder(otherwise: index)),
            at: settings.http
        )
    }

    /// The port for clients over gRPC, if there is one.
    ///
    /// - Throws: `BadSetting` if its host's name is not known.
    func rpcServer() throws -> CartRPCServer? {
        guard let endpoint = settings.grpc.endpoint else { return nil }
        let (directory, clock) = (runtime.directory, clock)
        do {
            return try CartRPCServer(
                host: endpoint.host,
                port: endpoint.port,
                application: carts,
                logger: logger,
                isServing: { directory.notReadyReasons(at: clock.now).isEmpty }
            )
        } catch is SocketAddressError.UnknownHost {
            throw BadSetting(
                "grpc-host",
                problem: "no such host (got \"\(endpoint.host)\", "
                    + "expected a name or an address of this machine)"
            )
        }
    }

    /// The port for the AWS retail store's clients, if there is one.
    func retailApplication() -> (any Service)? {
        guard let endpoint = settings.retail.endpoint else { return nil }
        let routes = RetailRoutes(carts, node: settings.nodeName)
        return application(
            failpoints.around(RetailResponder(routes, context: BasicRequestContext.self)),
            at: endpoint
        )
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
            watches: watches
        )
        return CartApplication(
            dispatcher: runtime.host,
            policy: settings.apiPolicy,
            dependencies: dependencies
        )
    }

    /// The port for operators and gateways.
    func operationsApplication() -> some Service {
        let router = Router()
        OperationsRoutes { [self] in status() }.add(to: router)
        return application(router.buildResponder(), at: settings.operations)
    }

    private func application(
        _ responder: some HTTPResponder<BasicRequestContext>,
        at endpoint: Endpoint
    ) -> some Service {
        Application(
            responder: responder,
            server: .http1(configuration: .init(idleTimeout: Self.idleConnection)),
            configuration: .init(address: .hostname(endpoint.host, port: endpoint.port)),
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
            logger: logger
        )
    }

    private func status() -> NodeStatus {
        let view = runtime.directory.clusterView(at: clock.now)
        return NodeStatus(
            name: settings.nodeName,
            build: NodeVersion.current,
            session: view.session.rawValue,
            notReady: view.notReadyReasons.map(\.rawValue),
            draining: view.notReadyReasons.contains(.draining),
            liveCarts: runtime.host.liveCount,
            generation: view.generation?.description,
            lease: Int(clamping: view.lease.wholeMilliseconds),
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
                    lease: $0.lease.map { Int(clamping: $0.wholeMilliseconds) }
                )
            }
        )
    }
}
