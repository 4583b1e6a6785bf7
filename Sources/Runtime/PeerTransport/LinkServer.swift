package import ActorRuntime
import LogEvents
package import Logging
import NIOCore
package import NIOPosix
import NIOSSL
import Synchronization
import Timing

/// Serves the requests of this node's peers: authenticates the peers, and passes their requests to a receiver.
package final class LinkServer: Sendable {
    /// The dependencies that all connections share.
    struct Environment: Sendable {
        let secret: ClusterSecret
        let policy: LinkPolicy
        let credentials: LinkCredentials?
        let receiver: any LinkReceiver
        let connections: ServerConnections
        let logger: Logger
        let logThrottle: LogThrottle

        func logRefusal(of peer: SocketAddress?, because reason: String) {
            logger.event(
                .peerRefused,
                limitedBy: logThrottle,
                ["peer": "\(peer?.description ?? "unknown")", "reason": "\(reason)"]
            )
        }

        func logEnd(of peer: SocketAddress?, because reason: String) {
            logger.event(
                .peerConnectionBroken,
                ["peer": "\(peer?.description ?? "unknown")", "reason": "\(reason)"]
            )
        }
    }

    private let environment: Environment
    private let host: String
    private let wantedPort: Int
    private let advertised: String?
    private let eventLoopGroup: MultiThreadedEventLoopGroup
    private let listening = ListeningPort()
    private let shutdown = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - host: a name or an address of this machine.
    ///   - port: 0 for any free one.
    ///   - advertised: `host:port` that the peers connect to, where it is another than the server listens
    ///     on. A hello for another address is refused.
    ///   - secret: shared by all nodes of the cluster; not empty.
    ///   - receiver: answers the requests, on the loops of `eventLoopGroup`.
    ///   - credentials: encrypt the connections; nil for connections in the clear.
    /// - Throws: `LinkConfigurationError.emptySecret`.
    package init(
        host: String,
        port: Int,
        advertised: String? = nil,
        secret: String,
        receiver: any LinkReceiver,
        policy: LinkPolicy = LinkPolicy(),
        credentials: LinkCredentials? = nil,
        eventLoopGroup: MultiThreadedEventLoopGroup = .singleton,
        logger: Logger
    ) throws(LinkConfigurationError) {
        self.host = host
        wantedPort = port
        self.advertised = advertised
        self.eventLoopGroup = eventLoopGroup
        environment = Environment(
            secret: try ClusterSecret(secret),
            policy: policy,
            credentials: credentials,
            receiver: receiver,
            connections: ServerConnections(limit: policy.connectionLimit),
            logger: logger,
            logThrottle: LogThrottle(interval: policy.refusalLogInterval)
        )
    }

    /// The port that the server listens on. Waits until it listens.
    ///
    /// - Throws: when the server could not listen.
    package var port: Int {
        get async throws { try await listening.port() }
    }

    /// Listens and serves until the task is cancelled, or until a graceful shutdown is complete. Runs once.
    ///
    /// - Throws: when the server cannot listen on its address.
    package func run() async throws {
        let listener: any Channel
        do {
            listener = try await bind()
        } catch {
            listening.set(.failure(error))
            throw error
        }
        listening.set(.success(listener.localAddress?.port ?? wantedPort))
        for await _ in shutdown.stream {}
        do {
            try await listener.close()
        } catch {
            environment.logger.event(.linkListenerClosed, ["cause": "\(error)"])
        }
        if !Task.isCancelled { await drain() }
        await environment.connections.closeAll()
    }

    /// Stops listening, asks the peers to send their requests elsewhere, and lets the requests under way
    /// finish within the policy's bound; then `run()` returns.
    package func beginGracefulShutdown() {
        shutdown.continuation.finish()
    }

    /// Waits until the peers have closed their connections, which they do once they have their responses.
    private func drain() async {
        environment.connections.leave()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [connections = environment.connections] in await connections.waitUntilNone() }
            group.addTask { [limit = environment.policy.drainLimit] in
                do {
                    try await Task.sleep(for: limit)
                } catch {
                    // The peers were faster.
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func bind() async throws -> any Channel {
        let environment = environment
        let mark = ChannelOptions.Types.WriteBufferWaterMark(
            low: environment.policy.writeBytes / 4,
            high: environment.policy.writeBytes
        )
        return try await ServerBootstrap(group: eventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: mark)
            .childChannelInitializer { [host, advertised] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard environment.connections.admit(channel) else {
                        return channel.close(promise: nil)
                    }
                    let port = channel.localAddress?.port ?? 0
                    let address = advertised ?? Self.address(host, port: port)
                    try Self.initialize(channel, for: environment, reachedAt: address)
                }
            }
            .bind(host: host, port: wantedPort)
            .get()
    }

    private static func initialize(
        _ channel: any Channel,
        for environment: Environment,
        reachedAt address: String
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if let credentials = environment.credentials {
            try pipeline.addHandler(EncryptionGuard(of: environment))
            let encryption = credentials.current(environment.logger).server
            try pipeline.addHandler(NIOSSLServerHandler(context: encryption))
        }
        try pipeline.addHandler(LinkServerConnection(of: environment, address: address))
    }

    private static func address(_ host: String, port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
