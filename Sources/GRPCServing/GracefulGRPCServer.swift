package import GRPCCore
package import GRPCNIOTransportHTTP2Posix
internal import NIOCore
package import NIOPosix
internal import Synchronization

/// A gRPC server over cleartext HTTP/2 that stops gracefully, within a bound.
package final class GracefulGRPCServer: Sendable {
    private let transport: HTTP2ServerTransport.Posix
    private let server: GRPCServer<HTTP2ServerTransport.Posix>
    private let onListening: @Sendable (Int) -> Void
    private let drainTimeout: @Sendable () async throws -> Void
    private let shutdown = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    private let isShuttingDown = Atomic(false)

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - host: a name or an address of this machine.
    ///   - port: 0 for any free one.
    ///   - interceptors: come before each call, in this order.
    ///   - onListening: gets the port once the server listens.
    ///   - drainTimeout: returns when the calls under way have had time enough since a graceful shutdown
    ///     began; throws when its task is cancelled.
    /// - Throws: where the host's name is not known.
    package init(
        host: String,
        port: Int,
        config: HTTP2ServerTransport.Posix.Config,
        services: [any RegistrableRPCService],
        interceptors: [any ServerInterceptor] = [],
        eventLoopGroup: MultiThreadedEventLoopGroup,
        onListening: @escaping @Sendable (Int) -> Void,
        drainTimeout: @escaping @Sendable () async throws -> Void
    ) throws {
        // The transport takes addresses only.
        let address = try SocketAddress.makeAddressResolvingHost(host, port: port).ipAddress ?? host
        transport = HTTP2ServerTransport.Posix(
            address: address.contains(":")
                ? .ipv6(host: address, port: port) : .ipv4(host: address, port: port),
            transportSecurity: .plaintext,
            config: config,
            eventLoopGroup: eventLoopGroup
        )
        server = GRPCServer(transport: transport, services: services, interceptors: interceptors)
        self.onListening = onListening
        self.drainTimeout = drainTimeout
    }

    /// The port that the server listens on. Waits until it listens.
    ///
    /// - Throws: when the server could not listen, or has stopped listening.
    package var port: Int {
        get async throws {
            let address = try await transport.listeningAddress
            return address.ipv4?.port ?? address.ipv6?.port ?? 0
        }
    }

    /// Listens and serves until the task is cancelled, or until a graceful shutdown is complete. Runs once.
    ///
    /// - Throws: when the server cannot listen on its address.
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
            if Task.isCancelled || isShuttingDown.load(ordering: .acquiring) { return }
            if let failure = error as? RuntimeError, let cause = failure.cause { throw cause }
            throw error
        }
    }

    /// Stops listening, asks the clients to leave, and lets the calls under way finish until the drain times
    /// out; then `run()` returns.
    ///
    /// - Returns: true if this call began the shutdown; false if an earlier one did.
    @discardableResult
    package func beginGracefulShutdown() -> Bool {
        guard !isShuttingDown.exchange(true, ordering: .acquiringAndReleasing) else { return false }
        server.beginGracefulShutdown()
        shutdown.continuation.finish()
        return true
    }

    private func limitShutdown() async throws {
        do {
            onListening(try await port)
        } catch {
            // It does not listen, and `serve` throws the cause.
        }
        for await _ in shutdown.stream {}
        try Task.checkCancellation()
        try await drainTimeout()
    }
}
