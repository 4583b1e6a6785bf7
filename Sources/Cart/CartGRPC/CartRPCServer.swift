package import CartApplication
package import ConnectionAdmission
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCServing
import LogEvents
package import Logging
import NIOCore
package import NIOPosix
package import RequestTracing

/// The gRPC face: our own carts, those of the demo shops, health and reflection, over cleartext HTTP/2.
package final class CartRPCServer: Sendable {
    private let server: GracefulGRPCServer

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - host: a name or an address of this machine.
    ///   - port: 0 for any free one.
    ///   - application: the service behind all faces.
    ///   - gate: admits the clients' connections; nil where anybody may connect.
    ///   - calls: counts the calls; nil where they are not counted.
    ///   - recorder: records calls; nil: nothing is recorded.
    ///   - isServing: whether the node should be called, for probes; cheap.
    /// - Throws: where the host's name is not known.
    package init(
        host: String,
        port: Int,
        application: CartApplication<some CartDispatcher>,
        gate: ConnectionGate? = nil,
        calls: CallCounts? = nil,
        policy: CartRPCPolicy = CartRPCPolicy(),
        recorder: SpanRecorder? = nil,
        eventLoopGroup: MultiThreadedEventLoopGroup = .singleton,
        logger: Logger,
        isServing: @escaping @Sendable () -> Bool
    ) throws {
        let config = HTTP2ServerTransport.Posix.Config.defaults {
            policy.apply(to: &$0, bodyBytes: application.policy.bodyBytes)
            $0.channelDebuggingCallbacks.onAcceptTCPConnection = { connection in
                // A connection that is not admitted is closed already, and the transport sees that.
                _ = gate?.admit(connection, to: .grpc)
                return connection.eventLoop.makeSucceededVoidFuture()
            }
        }
        // The span is the outer one, so that counting is part of it.
        var interceptors: [any ServerInterceptor] = []
        if let recorder { interceptors.append(TracingInterceptor(recorder, host: host, port: port)) }
        let services = try Self.services(application, isServing: isServing)
        if let calls {
            interceptors.append(calls)
            calls.expect(Self.methods(of: services))
        }
        server = try GracefulGRPCServer(
            host: host,
            port: port,
            config: config,
            services: services,
            interceptors: interceptors,
            eventLoopGroup: eventLoopGroup,
            onListening: { logger.event(.rpcListening, ["host": "\(host)", "port": .number($0)]) },
            drainTimeout: { try await Task.sleep(for: policy.drainLimit) }
        )
    }

    /// Everything that is served.
    static func services(
        _ application: CartApplication<some CartDispatcher>,
        isServing: @escaping @Sendable () -> Bool
    ) throws -> [any RegistrableRPCService] {
        let own = CartRPCService(application: application)
        let boutique = DemoShopService(.boutique, application)
        let oTel = DemoShopService(.oTel, application)
        let descriptorPool = try DescriptorPool.served()
        let health = HealthService(
            Set(descriptorPool.services),
            isServing: isServing,
            isDraining: application.dependencies.isDraining
        )
        return [own, boutique, oTel, health, ReflectionService(descriptorPool)]
    }

    /// The methods of services.
    private static func methods(of services: [any RegistrableRPCService]) -> [MethodDescriptor] {
        var router = RPCRouter<HTTP2ServerTransport.Posix>()
        for service in services { service.registerMethods(with: &router) }
        return router.methods
    }

    /// The port that the server listens on. Waits until it listens.
    ///
    /// - Throws: when the server could not listen, or has stopped listening.
    package var port: Int {
        get async throws { try await server.port }
    }

    /// Listens and serves until the task is cancelled, or until a graceful shutdown is complete. Runs once.
    ///
    /// - Throws: when the server cannot listen on its address.
    package func run() async throws {
        try await server.run()
    }

    /// Stops listening, asks the clients to leave, and lets the calls under way finish within the policy's
    /// bound; then `run()` returns.
    package func beginGracefulShutdown() {
        server.beginGracefulShutdown()
    }
}
