package import ActorRuntime
package import Logging
package import NIOPosix
import Synchronization
import Timing

/// Sends this node's requests to its peers, by address. Connections are opened on demand, and closed when
/// idle.
package final class LinkClient: AsyncLink {
    enum Phase: Equatable {
        /// `run()` was not called yet; requests fail. Can become `running`.
        case idle
        /// Requests are accepted. Can become `over`.
        case running
        /// `run()` has ended; requests fail. Terminal.
        case over
    }

    struct State {
        var phase = Phase.idle
        var peers: [String: Peer<LinkConnection>] = [:]
        /// Every connection that has not ended, retired ones included.
        var live: [ObjectIdentifier: LinkConnection] = [:]
    }

    let state = Mutex(State())
    let environment: LinkConnection.Environment
    let logger: Logger
    let logThrottle: LogThrottle
    /// New connections, for `run()` to take up.
    let dials: (stream: AsyncStream<LinkConnection>, continuation: AsyncStream<LinkConnection>.Continuation)

    var policy: LinkPolicy { environment.policy }
    var clock: any HostClock { environment.clock }

    /// A link without connections. A peer is dialled when the first request to it is made.
    ///
    /// - Parameters:
    ///   - secret: shared by all nodes of the cluster; not empty.
    ///   - eventLoopGroup: the threads for input and output.
    /// - Throws: `LinkConfigurationError.emptySecret`.
    package init(
        secret: String,
        policy: LinkPolicy = LinkPolicy(),
        clock: any HostClock = ContinuousClock(),
        eventLoopGroup: MultiThreadedEventLoopGroup = .singleton,
        logger: Logger
    ) throws(LinkConfigurationError) {
        environment = LinkConnection.Environment(
            secret: try ClusterSecret(secret),
            policy: policy,
            clock: clock,
            eventLoopGroup: eventLoopGroup
        )
        self.logger = logger
        logThrottle = LogThrottle(interval: policy.refusalLogInterval)
        dials = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(max(1, policy.peerLimit)))
    }

    package func ask(_ request: LinkRequest, at address: String) async throws(LinkFailure) -> LinkResponse {
        if let reason = request.unsendable(policy: policy) { throw .unsent(reason) }
        let deadline = clock.now + min(request.remaining, policy.askTimeLimit)
        // A connection can retire between being chosen and being used; the next one is fresh.
        for _ in 0..<2 {
            let connection = try connection(to: address)
            switch await connection.ask(request, until: deadline) {
            case .answered(let response): return response
            case .failed(let failure): throw failure
            case .full: throw .unsent("too many requests are in flight to \(address)")
            case .closed: forget(connection)
            }
        }
        throw .unsent("no connection to \(address) stays open")
    }

    /// The connection that accepts requests to an address now. Dials a new one if there is none.
    private func connection(to address: String) throws(LinkFailure) -> LinkConnection {
        let now = clock.now
        return try state.withLock { state throws(LinkFailure) in
            guard state.phase == .running else { throw .unsent("the link is not running") }
            if state.peers[address] == nil, state.peers.count >= policy.peerLimit {
                throw .unsent("too many peers are known")
            }
            switch state.peers[address, default: Peer(now: now, backoff: policy.backoff)].ask(now: now) {
            case .use(let connection): return connection
            case .refuse: throw .unsent("\(address) could not be reached a moment ago")
            case .dial: break
            }
            let connection = LinkConnection(to: address, environment: environment)
            guard case .enqueued = dials.continuation.yield(connection) else {
                throw .unsent("too many peers are being dialled")
            }
            state.peers[address]?.dialled(connection)
            state.live[ObjectIdentifier(connection)] = connection
            return connection
        }
    }

    /// Sends no more requests on a connection.
    func forget(_ connection: LinkConnection) {
        let isOver = connection.ending != nil
        let served = connection.served
        let now = clock.now
        state.withLock { state in
            if isOver {
                state.peers[connection.address]?.ended(
                    connection,
                    served: served,
                    now: now,
                    draw: .random(in: 0...1)
                )
            } else {
                state.peers[connection.address]?.retired(connection)
            }
        }
    }
}
