package import ActorRuntime
package import Logging
package import NIOPosix
import Synchronization

/// The way from this node to its peers: asks by address, over connections that come and go with the asking.
package final class LinkClient: Link {
    /// Whether asks are taken.
    enum Phase: Equatable {
        /// `run()` was not called. Can become `running`.
        case idle
        /// Can become `over`.
        case running
        /// Terminal.
        case over
    }

    struct State {
        var phase = Phase.idle
        var peers: [String: Peer<LinkConnection>] = [:]
        /// Every connection whose end was not seen yet, retired ones too.
        var live: [ObjectIdentifier: LinkConnection] = [:]
    }

    let state = Mutex(State())
    let environment: LinkConnection.Environment
    let logger: Logger
    let logThrottle: LogThrottle
    /// Connections that `run()` is to keep alive.
    let dials: (stream: AsyncStream<LinkConnection>, continuation: AsyncStream<LinkConnection>.Continuation)

    var policy: LinkPolicy { environment.policy }
    var clock: any HostClock { environment.clock }

    /// A link without connections: they are made when a peer is first asked.
    ///
    /// - Parameters:
    ///   - secret: what all nodes of the cluster know; not empty.
    ///   - eventLoopGroup: the threads that carry the bytes.
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

    package func ask(_ ask: LinkRequest, at address: String) async throws(LinkFailure) -> LinkResponse {
        if let reason = ask.unsendable(policy: policy) { throw .unsent(reason) }
        let deadline = clock.now + min(ask.remaining, policy.askTimeLimit)
        // A connection can retire between being chosen and being asked; the next one is fresh.
        for _ in 0..<2 {
            let connection = try connection(to: address)
            switch await connection.ask(ask, until: deadline) {
            case .answered(let answer): return answer
            case .failed(let failure): throw failure
            case .full: throw .unsent("too many asks are in flight to \(address)")
            case .closed: forget(connection)
            }
        }
        throw .unsent("no connection to \(address) stays open")
    }

    /// The connection that takes asks for an address now; a new one starts to be dialled.
    private func connection(to address: String) throws(LinkFailure) -> LinkConnection {
        let now = clock.now
        return try state.withLock { state throws(LinkFailure) in
            guard state.phase == .running else { throw .unsent("the link does not run") }
            if state.peers[address] == nil, state.peers.count >= policy.peerLimit {
                throw .unsent("too many peers are known")
            }
            switch state.peers[address, default: Peer(now: now)].ask(now: now) {
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

    /// A connection takes no more asks.
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
                    policy: policy,
                    jitter: .random(in: 0.5...1)
                )
            } else {
                state.peers[connection.address]?.retired(connection)
            }
        }
    }
}
