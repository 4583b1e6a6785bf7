package import CartService
import GRPCCore
import GRPCNIOTransportHTTP2Posix
package import Logging
import NIOCore
package import NIOPosix
import Synchronization

/// The gRPC face: our own carts, those of the demo shops, health and reflection, over cleartext HTTP/2.
package final class CartRPCServer: Sendable {
    private let transport: HTTP2ServerTransport.Posix
    private let server: GRPCServer<HTTP2ServerTransport.Posix>
    private let policy: CartRPCPolicy
    private let shutdown = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    private let isLeaving = Atomic(false)

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - host: a name or an address of this machine.
    ///   - port: 0 for any free one.
    ///   - dispatcher: who has commands decided; called concurrently.
    ///   - isServing: whether the node should be called, for probes; cheap.
    /// - Throws: where the host's name is not known.
    package init(
        host: String,
        port: Int,
        dispatcher: some CartDispatcher,
        apiPolicy: CartAPIPolicy,
        dependencies: CartAPIDependencies,
        policy: CartRPCPolicy = CartRPCPolicy(),
        eventLoopGroup: MultiThreadedEventLoopGroup = .singleton,
        logger: Logger,
        isServing: @escaping @Sendable () -> Bool
    ) throws {
        let address = try SocketAddress.makeAddressResolvingHost(host, port: port).ipAddress ?? host
        transport = HTTP2ServerTransport.Posix(
            address: address.contains(":")
                ? .ipv6(host: address, port: port) : .ipv4(host: address, port: port),
            transportSecurity: .plaintext,
            config: .defaults {
                policy.apply(to: &$0, bodyBytes: apiPolicy.bodyBytes)
                $0.channelDebuggingCallbacks.onBindTCPListener = { listener in
                    let address = listener.localAddress.map { "\($0)" } ?? "nowhere"
                    logger.info("gRPC is served", metadata: ["address": "\(address)"])
                    return listener.eventLoop.makeSucceededVoidFuture()
                }
            },
            eventLoopGroup: eventLoopGroup
        )
        server = GRPCServer(
            transport: transport,
            services: try Self.services(dispatcher, apiPolicy, dependencies, isServing)
        )
        self.policy = policy
    }

    /// Everything that is served.
    static func services(
        _ dispatcher: some CartDispatcher,
        _ apiPolicy: CartAPIPolicy,
        _ dependencies: CartAPIDependencies,
        _ isServing: @escaping @Sendable () -> Bool
    ) throws -> [any RegistrableRPCService] {
        let own = CartRPCService(dispatcher: dispatcher, policy: apiPolicy, dependencies: dependencies)
        let boutique = DemoShopService(
            .boutique,
            dispatcher: dispatcher,
            policy: apiPolicy,
            dependencies: dependencies
        )
        let oTel = DemoShopService(
            .oTel,
            dispatcher: dispatcher,
            policy: apiPolicy,
            dependencies: dependencies
        )
        let descriptorPool = try DescriptorPool.served()
        let health = HealthService(Set(descriptorPool.services), isServing: isServing)
        return [own, boutique, oTel, health, ReflectionService(descriptorPool)]
    }

    /// The port that is listened on. Waits until there is one.
    ///
    /// - Throws: when the server could not listen, or does not any more.
    package var port: Int {
        get async throws {
            let address = try await transport.listeningAddress
            return address.ipv4?.port ?? address.ipv6?.port ?? 0
        }
    }

    /// Listens and serves until the task is cancelled, or until a graceful shutdown is through. Runs once.
    ///
    /// - Throws: when the address can not be listened on.
    package func run() async throws {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.server.serve() }
                group.addTask { try await self.limitShutdown() }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch {
            // Being told to stop, by either way, is no failure.
            if Task.isCancelled || isLeaving.load(ordering: .acquiring) { return }
            if let failure = error as? RuntimeError, let cause = failure.cause { throw cause }
            throw error
        }
    }

    /// Listens no more, asks the clients to go, and lets the calls under way finish within the policy's bound; then `run()`
    /// returns.
    package func beginGracefulShutdown() {
        guard !isLeaving.exchange(true, ordering: .acquiringAndReleasing) else { return }
        server.beginGracefulShutdown()
        shutdown.continuation.finish()
    }

    private func limitShutdown() async throws {
        for await _ in shutdown.stream {}
        try Task.checkCancellation()
        try await Task.sleep(for: policy.drainLimit)
    }
}
