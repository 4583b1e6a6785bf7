import ActorRuntime
import LogEvents
import Logging
import NIOCore
import Timing

/// The link as one partition uses it: its connections to peers, by address, and their timer. Confined to the
/// partition's loop. On the hot path.
final class LoopLinkClient: LoopLink {
    /// The dependencies that all connections of a node share.
    struct Environment: Sendable {
        let secret: ClusterSecret
        /// `host:port` at which this node is reached.
        let address: String
        let policy: LinkPolicy
        let credentials: LinkCredentials?
        let logger: Logger
        let logThrottle: LogThrottle
    }

    let loop: any EventLoop
    let environment: Environment
    private(set) var phase = LinkClient.Phase.idle
    private(set) var peers: [String: Peer<LinkConnection>] = [:]
    /// Every connection that has not ended, retired ones included.
    private(set) var live: [ObjectIdentifier: LinkConnection] = [:]
    /// By address, also of peers that are forgotten.
    private(set) var counts: [String: LinkCounts] = [:]
    private var timer: (task: Scheduled<Void>, isUrgent: Bool)?
    var answered: (LinkCaller, Result<LinkResponse, LinkFailure>) -> Void = { _, _ in }

    private var policy: LinkPolicy { environment.policy }

    init(on loop: any EventLoop, environment: Environment) {
        self.loop = loop
        self.environment = environment
    }

    func ask(_ request: LinkRequest, at address: String, caller: LinkCaller) {
        guard let reason = submit(request, at: address, caller: caller) else { return }
        counts(of: address).answered(.failure(.unsent(reason)), after: .zero)
        refuse(caller, reason)
    }

    /// - Returns: the reason why nothing of the request was sent, if that is so already.
    private func submit(_ request: LinkRequest, at address: String, caller: LinkCaller) -> String? {
        if let reason = request.unsendable(policy: policy) { return reason }
        guard phase == .running else { return "the link is not running" }
        let now = ContinuousClock.now
        if peers[address] == nil, peers.count >= policy.peerLimit { return "too many peers are known" }
        let connection: LinkConnection
        switch peers[address, default: Peer(now: now, backoff: policy.backoff)].ask(now: now) {
        case .use(let current): connection = current
        case .refuse: return "\(address) could not be reached a moment ago"
        case .dial: connection = dial(address)
        }
        let deadline = now + min(request.remaining, policy.askTimeLimit)
        switch connection.ask(request, until: deadline, for: LinkAsker(caller: caller, since: now)) {
        case .queued: break
        case .full: return "too many requests are in flight to \(address)"
        case .closed: return "no connection to \(address) stays open"
        }
        if timer?.isUrgent != true { schedule(isUrgent: true) }
        return nil
    }

    /// What is counted of a peer. Those of peers that are no more make room for others.
    func counts(of address: String) -> LinkCounts {
        if let found = counts[address] { return found }
        if counts.count >= 2 * policy.peerLimit { counts = counts.filter { peers[$0.key] != nil } }
        let fresh = LinkCounts()
        counts[address] = fresh
        return fresh
    }

    private func refuse(_ caller: LinkCaller, _ reason: String) {
        let bound = NIOLoopBound((link: self, caller: caller), eventLoop: loop)
        loop.execute { bound.value.link.answered(bound.value.caller, .failure(.unsent(reason))) }
    }

    private func dial(_ address: String) -> LinkConnection {
        let connection = LinkConnection(to: address, of: self)
        peers[address]?.dialled(connection)
        live[ObjectIdentifier(connection)] = connection
        LinkDialer(environment: environment, loop: loop).dial(connection)
        return connection
    }
}

// MARK: Called by connections

extension LoopLinkClient {
    /// A connection accepts no more requests.
    func retired(_ connection: LinkConnection) {
        peers[connection.address]?.retired(connection)
    }

    /// A connection has ended.
    func ended(_ connection: LinkConnection, _ reason: String) {
        live[ObjectIdentifier(connection)] = nil
        peers[connection.address]?.ended(
            connection,
            served: connection.served,
            now: .now,
            draw: .random(in: 0...1)
        )
        guard phase == .running else { return }
        let (address, logger) = (connection.address, environment.logger)
        let details: Logger.Metadata = ["peer": "\(address)", "reason": "\(reason)"]
        guard !connection.served else { return logger.event(.peerConnectionEnded, details) }
        logger.event(.peerConnectionFailed, limitedBy: environment.logThrottle, key: address, details)
    }
}

// MARK: Life

extension LoopLinkClient {
    func start() {
        if phase == .idle { phase = .running }
    }

    /// Fails every waiting caller, and every later one.
    func stop() {
        phase = .over
        timer?.task.cancel()
        timer = nil
        peers = [:]
        for connection in live.values { connection.close("the link has stopped") }
    }

    /// Looks at the connections again soon, or in a while.
    private func schedule(isUrgent: Bool) {
        timer?.task.cancel()
        let wait = isUrgent ? policy.sweepInterval : max(policy.sweepInterval, policy.idleTimeout / 4)
        let task = loop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { self.sweep() }
        timer = (task, isUrgent)
    }

    private func sweep() {
        timer = nil
        let now = ContinuousClock.now
        for connection in live.values { connection.sweep(now: now) }
        retireIdle(now: now)
        guard phase == .running, !peers.isEmpty || !live.isEmpty else { return }
        // A caller that was told of its failure may have asked again.
        guard timer == nil else { return }
        schedule(isUrgent: live.values.contains(where: \.isUrgent))
    }

    /// Retires the connections to idle peers, and forgets peers without one.
    private func retireIdle(now: ContinuousClock.Instant) {
        for (address, peer) in peers where peer.lastAsked.duration(to: now) >= policy.idleTimeout {
            if peer.isForgettable(now: now, policy: policy) {
                peers[address] = nil
            } else if let connection = peer.connection, connection.isEmpty {
                connection.retire("the connection was idle")
            }
        }
    }
}
