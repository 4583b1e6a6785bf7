import Cart
import CartService
import Hosting
import Hummingbird
import NIOCore
import NIOPosix
import NodeConfiguration
import Ownership
import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Node {
    /// How long a connection may be silent, or a request may take to arrive.
    private static var idleConnection: TimeAmount { .seconds(75) }

    /// The port for clients.
    func cartApplication() -> some Service {
        let directory = directory
        let routes = CartRoutes(
            asker: host,
            node: settings.nodeName,
            policy: settings.facePolicy,
            sources: CartFaceSources(
                now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) },
                newID: {
                    CartID(randomHigh: .random(in: .min ... .max), randomLow: .random(in: .min ... .max))
                },
                isDraining: { directory.isDraining },
                past: past,
                feed: feed
            )
        )
        let elsewhere = UnknownPathResponder(routes, context: BasicRequestContext.self)
        let index = IndexResponder(otherwise: elsewhere) { routes.methodNotAllowed(allowed: $0) }
        return application(
            failpoints.around(routes.responder(otherwise: index)),
            at: settings.http
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
        let view = directory.overview(at: clock.now)
        return NodeStatus(
            name: settings.nodeName,
            build: NodeVersion.current,
            session: view.session.rawValue,
            notReady: view.obstacles.map(\.rawValue),
            draining: view.obstacles.contains(.draining),
            liveCarts: host.liveCount,
            generation: view.generation?.description,
            members: view.members.map {
                NodeStatus.Peer(
                    name: $0.card.name,
                    session: $0.session.rawValue,
                    condition: $0.condition.rawValue,
                    link: $0.card.link,
                    build: $0.card.build
                )
            }
        )
    }
}
