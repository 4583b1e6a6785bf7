package import ActorRuntime
import GRPCCore
import GRPCNIOTransportHTTP2Posix
package import Logging
package import NIOPosix
import Synchronization

/// Where this node's peers reach it: proves its peers, and hands their asks to the host.
package final class LinkServer: Sendable {
    private let transport: HTTP2ServerTransport.Posix
    private let server: GRPCServer<HTTP2ServerTransport.Posix>
    private let service: LinkService
    private let policy: LinkPolicy
    private let clock: any HostClock
    private let shutdown = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    private let isLeaving = Atomic(false)

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - host: the IP address to listen on.
    ///   - port: 0 for any free one.
    ///   - secret: what all nodes of the cluster know; not empty.
    ///   - receiver: who answers; is called concurrently, and cancelled when its client is gone.
    /// - Throws: `LinkConfigurationError.emptySecret`.
    package init(
        host: String,
        port: Int,
        secret: String,
        receiver: any LinkReceiver,
        policy: LinkPolicy = LinkPolicy(),
        clock: any HostClock = ContinuousClock(),
        eventLoopGroup: MultiThreadedEventLoopGroup = .singleton,
        logger: Logger
    ) throws(LinkConfigurationError) {
        service = LinkService(
            secret: try ClusterSecret(secret),
            policy: policy,
            clock: clock,
            receiver: receiver,
            logger: logger
        )
        let connectionLimiter = ConnectionLimiter(policy: policy)
        let config = HTTP2ServerTransport.Posix.Config.defaults {
            $0.rpc.maxRequestPayloadSize = policy.messageLimit
            $0.http2.targetWindowSize = policy.windowBytes
            $0.http2.maxConcurrentStreams = policy.streamsPerConnection
            // Asks and answers are gathered into messages here already; waiting for more only adds delay.
            $0.connection.flushCoalescing = nil
            $0.channelDebuggingCallbacks.onAcceptTCPConnection = connectionLimiter.accept
            $0.channelDebuggingCallbacks.onAcceptHTTP2Stream = connectionLimiter.open
        }
        transport = HTTP2ServerTransport.Posix(
            address: host.contains(":") ? .ipv6(host: host, port: port) : .ipv4(host: host, port: port),
            transportSecurity: .plaintext,
            config: config,
            eventLoopGroup: eventLoopGroup
        )
        server = GRPCServer(transport: transport, services: [service])
        self.policy = policy
        self.clock = clock
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
            throw error
        }
    }

    /// Listens no more, asks the peers to go, and lets the asks under way finish within the policy's bound; then `run()` returns.
    package func beginGracefulShutdown() {
        guard !isLeaving.exchange(true, ordering: .acquiringAndReleasing) else { return }
        server.beginGracefulShutdown()
        service.leave()
        shutdown.continuation.finish()
    }

    private func limitShutdown() async throws {
        for await _ in shutdown.stream {}
        try Task.checkCancellation()
        try await clock.sleep(until: clock.now + policy.drainLimit)
    }
}
