package import ActorRuntime
import GRPCNIOTransportHTTP2Posix
import GRPCServing
package import Logging
package import NIOPosix

/// Serves the requests of this node's peers: authenticates the peers, and passes their requests to a
/// receiver.
package final class LinkServer: Sendable {
    private let server: GracefulGRPCServer
    private let service: LinkService
    private let host: String
    /// True if the peers connect to another address than the server listens on.
    private let isAdvertised: Bool

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - host: a name or an address of this machine.
    ///   - port: 0 for any free one.
    ///   - advertised: `host:port` that the peers connect to, where it is another than the server listens
    ///     on. A hello for another address is refused.
    ///   - secret: shared by all nodes of the cluster; not empty.
    ///   - receiver: answers the requests; called concurrently, and cancelled when the client is gone.
    /// - Throws: `LinkConfigurationError.emptySecret`, or an error of the system where the host's name is not
    ///   known.
    package init(
        host: String,
        port: Int,
        advertised: String? = nil,
        secret: String,
        receiver: any LinkReceiver,
        policy: LinkPolicy = LinkPolicy(),
        clock: any HostClock = ContinuousClock(),
        eventLoopGroup: MultiThreadedEventLoopGroup = .singleton,
        logger: Logger
    ) throws {
        let service = LinkService(
            secret: try ClusterSecret(secret),
            address: advertised ?? Self.address(host, port: port),
            policy: policy,
            clock: clock,
            receiver: receiver,
            logger: logger
        )
        self.service = service
        self.host = host
        isAdvertised = advertised != nil
        let connectionLimiter = ConnectionLimiter(policy: policy)
        let config = HTTP2ServerTransport.Posix.Config.defaults {
            $0.rpc.maxRequestPayloadSize = policy.messageLimit
            $0.http2.targetWindowSize = policy.windowBytes
            $0.http2.maxConcurrentStreams = policy.streamsPerConnection
            // Responses are batched into messages already; waiting for more only adds delay.
            $0.connection.flushCoalescing = nil
            $0.channelDebuggingCallbacks.onAcceptTCPConnection = connectionLimiter.accept
            $0.channelDebuggingCallbacks.onAcceptHTTP2Stream = connectionLimiter.open
        }
        server = try GracefulGRPCServer(
            host: host,
            port: port,
            config: config,
            services: [service],
            eventLoopGroup: eventLoopGroup,
            onListening: { [service] in
                if advertised == nil { service.isReached(at: Self.address(host, port: $0)) }
            },
            drainTimeout: { try await clock.sleep(until: clock.now + policy.drainLimit) }
        )
    }

    private static func address(_ host: String, port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// The port that the server listens on. Waits until it listens.
    ///
    /// - Throws: when the server could not listen, or has stopped listening.
    package var port: Int {
        get async throws {
            let port = try await server.port
            // Whoever knows the port may connect before the server is told that it listens.
            if !isAdvertised { service.isReached(at: Self.address(host, port: port)) }
            return port
        }
    }

    /// Listens and serves until the task is cancelled, or until a graceful shutdown is complete. Runs once.
    ///
    /// - Throws: when the server cannot listen on its address.
    package func run() async throws {
        try await server.run()
    }

    /// Stops listening, asks the peers to send their requests elsewhere, and lets the requests under way
    /// finish within the policy's bound; then `run()` returns.
    package func beginGracefulShutdown() {
        guard server.beginGracefulShutdown() else { return }
        service.leave()
    }
}
