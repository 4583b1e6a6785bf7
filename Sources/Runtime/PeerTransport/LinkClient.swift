package import ActorRuntime
package import Logging
package import NIOCore
import Synchronization
import Timing

/// Sends this node's requests to its peers, by address: each partition over connections of its own. Connections
/// are opened on demand, and closed when idle.
package final class LinkClient: Link {
    enum Phase: Equatable {
        /// `run()` was not called yet; requests fail. Can become `running`.
        case idle
        /// Requests are accepted. Can become `over`.
        case running
        /// `run()` has ended; requests fail. Terminal.
        case over
    }

    private struct State {
        var phase = Phase.idle
        var loops: [NIOLoopBound<LoopLinkClient>] = []
    }

    private let state = Mutex(State())
    private let environment: LoopLinkClient.Environment

    /// A link without connections. A peer is dialled when the first request to it is made.
    ///
    /// - Parameters:
    ///   - secret: shared by all nodes of the cluster; not empty.
    ///   - advertised: `host:port` at which this node's own server is reached.
    ///   - credentials: encrypt the connections; nil for connections in the clear.
    /// - Throws: `LinkConfigurationError.emptySecret`.
    package init(
        secret: String,
        advertised: String,
        policy: LinkPolicy = LinkPolicy(),
        credentials: LinkCredentials? = nil,
        logger: Logger
    ) throws(LinkConfigurationError) {
        environment = LoopLinkClient.Environment(
            secret: try ClusterSecret(secret),
            address: advertised,
            policy: policy,
            credentials: credentials,
            logger: logger,
            logThrottle: LogThrottle(interval: policy.refusalLogInterval)
        )
    }

    package func onLoop(_ loop: any EventLoop, jobs: @escaping JobStarter) -> any LoopLink {
        client(on: loop)
    }

    /// A new set of connections. Called on the loop.
    func client(on loop: any EventLoop) -> LoopLinkClient {
        let client = LoopLinkClient(on: loop, environment: environment)
        let phase = state.withLock { state in
            state.loops.append(NIOLoopBound(client, eventLoop: loop))
            return state.phase
        }
        switch phase {
        case .idle: break
        case .running: client.start()
        case .over: client.stop()
        }
        return client
    }

    /// Accepts requests until the task is cancelled; then every request fails and every connection closes.
    ///
    /// - Throws: `LinkConfigurationError.alreadyRan`.
    package func run() async throws {
        let isFirst = state.withLock { state in
            guard state.phase == .idle else { return false }
            state.phase = .running
            return true
        }
        guard isFirst else { throw LinkConfigurationError.alreadyRan }
        await onEachLoop { $0.start() }
        for await _ in AsyncStream.makeStream(of: Never.self).stream {}
        state.withLock { $0.phase = .over }
        await onEachLoop { $0.stop() }
    }

    /// The loops' own connections.
    var loops: [NIOLoopBound<LoopLinkClient>] { state.withLock { $0.loops } }

    private func onEachLoop(_ body: @escaping @Sendable (LoopLinkClient) -> Void) async {
        for client in loops {
            await withCheckedContinuation { continuation in
                client.eventLoop.execute {
                    body(client.value)
                    continuation.resume()
                }
            }
        }
    }
}
