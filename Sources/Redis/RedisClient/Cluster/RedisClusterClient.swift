internal import LogEvents
package import Logging
package import NIOCore
internal import Synchronization
package import Timing

/// A client of a Redis Cluster, for code on one event loop. It has a `RedisClient` for each primary.
///
/// A call goes to the primary of its slot, and follows redirections. What a single client says of calls, their order
/// and their outcomes holds for those of one slot, as long as the slot stays where it is.
///
/// On the hot path: a call whose server is known and answers it costs two array look-ups more than with a single
/// client.
package final class RedisClusterClient: Sendable {
    /// The servers of the slots. Confined to the event loop.
    private final class Routes {
        var version: UInt64 = 0
        /// The numbers of the servers, by the slots.
        var owners = [UInt16](repeating: ClusterMap.nobody, count: HashSlot.count)
        /// The clients, by the numbers of their servers.
        var clients: [RedisClient?] = []
        /// The number of calls that wait before their next attempt.
        var waiting = 0
        var isOver = false

        func client(of slot: UInt16) -> RedisClient? {
            let owner = Int(owners[Int(slot) % HashSlot.count])
            return owner < clients.count ? clients[owner] : nil
        }
    }

    /// The cluster, and the limits, each for one connection.
    package let configuration: RedisConfiguration
    /// The thread of the connections.
    package let eventLoop: any EventLoop
    /// Knows the servers.
    package let topology: RedisClusterTopology
    let jitter: @Sendable () -> Double
    private let onMessage: RedisClient.MessageHandler?
    /// Called with the id of a server whenever there is a connection to it.
    private let onConnection: (@Sendable (String) -> Void)?
    private let logger: Logger
    private let logThrottle: LogThrottle
    private let routes: NIOLoopBoundBox<Routes>
    /// The links by the ids of their servers.
    private let links = Mutex<[String: ClusterLink]>([:])
    /// Links that are over.
    let past = Mutex(PastLinks())
    /// Links that are to run. The buffer is unbounded: there are as many as primaries.
    private let starts = AsyncStream.makeStream(of: ClusterLink.self, bufferingPolicy: .unbounded)

    /// A client that connects when `run` is called.
    ///
    /// - Parameters:
    ///   - topology: run by the caller, for longer than the client.
    ///   - eventLoop: the thread for input and output, and of calls.
    ///   - logThrottle: shared by clients whose lines would be the same.
    ///   - jitter: draws a random number evenly from 0…1, to spread attempts.
    ///   - onMessage: makes this a client for subscriptions to the channels of shards, as for a `RedisClient`.
    ///   - onConnection: called with the id of a server whenever a connection to it is there.
    package init(
        configuration: RedisConfiguration,
        topology: RedisClusterTopology,
        eventLoop: any EventLoop,
        logger: Logger,
        logThrottle: LogThrottle = LogThrottle(interval: .seconds(10)),
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) },
        onMessage: RedisClient.MessageHandler? = nil,
        onConnection: (@Sendable (String) -> Void)? = nil
    ) {
        self.configuration = configuration
        self.topology = topology
        self.eventLoop = eventLoop
        self.logger = logger
        self.logThrottle = logThrottle
        self.jitter = jitter
        self.onMessage = onMessage
        self.onConnection = onConnection
        routes = .makeBoxSendingValue(Routes(), eventLoop: eventLoop)
    }

    /// A client for each event loop of a group, as `RedisClient.onEachLoop`.
    package static func onEachLoop(
        of group: any EventLoopGroup,
        configuration: RedisConfiguration,
        topology: RedisClusterTopology,
        logger: Logger,
        logThrottle: LogThrottle = LogThrottle(interval: .seconds(10))
    ) -> [RedisClusterClient] {
        group.makeIterator().enumerated().map { number, loop in
            var logger = logger
            logger[metadataKey: "loop"] = .number(number)
            return RedisClusterClient(
                configuration: configuration,
                topology: topology,
                eventLoop: loop,
                logger: logger,
                logThrottle: logThrottle
            )
        }
    }

    /// Keeps connections to all primaries until the task is cancelled; then closes them and returns. Runs once.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await _ in self.topology.changes() {
                    let map = self.topology.map
                    self.eventLoop.execute { self.apply(map) }
                }
            }
            for await link in starts.stream {
                group.addTask { [topology, onConnection] in
                    await link.run { client, address in
                        topology.report(client, lacks: address)
                        if address == nil, client.isConnected, let id = client.node?.id { onConnection?(id) }
                    }
                }
            }
            group.cancelAll()
        }
        await finish()
    }

    /// Runs a script with keys of a slot, for code on this client's event loop. The object receives the outcome.
    ///
    /// Calls for one server leave in the order in which they are made, those of one turn of the loop in one write.
    package func call(_ call: any RedisLoopCall, slot: UInt16) {
        submit(LoopAttempt(call, slot: slot))
    }

    /// The client of the primary with this id, for commands to that server alone; nil if it is no primary. Its
    /// connection belongs to this very server.
    package func client(of serverID: String) -> RedisClient? { links.withLock { $0[serverID]?.client } }

    /// The clients of all primaries that are known.
    package var clients: [RedisClient] { links.withLock { $0.values.map(\.client) } }

    /// The client of the primary of a slot; nil if none is known. On the event loop.
    package func client(ofSlot slot: UInt16) -> RedisClient? { routes.value.client(of: slot) }

    /// True if there is a connection to the primary of each slot.
    package var isConnected: Bool { disconnectReason == nil }

    /// The reason why there is no connection to the primary of some slot; nil if there is one to each.
    package var disconnectReason: String? {
        let map = topology.map
        guard map.isFull else { return topology.problem }
        let links = links.withLock { $0 }
        for primary in map.primaries where !primary.slots.isEmpty {
            guard let link = links[primary.id] else { return RedisClient.unconnected }
            if let reason = link.client.disconnectReason { return reason }
        }
        return nil
    }
}

// MARK: On the event loop

extension RedisClusterClient {
    /// Sends an attempt to the server of its slot.
    func submit(_ attempt: LoopAttempt) {
        guard let client = routes.value.client(of: attempt.slot) else { return refuse(attempt) }
        client.submit(attempt)
    }

    /// Sends an attempt to the primary at an address.
    ///
    /// - Returns: false if none is known there.
    func submit(_ attempt: LoopAttempt, to address: ServerAddress) -> Bool {
        let clients = routes.value.clients.lazy.compactMap(\.self)
        guard let client = clients.first(where: { $0.node?.address == address }) else {
            topology.refresh()
            return false
        }
        client.submit(attempt)
        return true
    }

    /// Nobody is known to serve the slot.
    private func refuse(_ attempt: LoopAttempt) {
        let error: RedisError = routes.value.isOver ? .shutDown : .notConnected(reason: topology.problem)
        let bound = NIOLoopBound(attempt, eventLoop: eventLoop)
        eventLoop.execute {
            let attempt = bound.value
            if let call = attempt.call as? RoutedCall {
                call.failed(error, at: nil)
            } else {
                attempt.call.received(.failure(error))
            }
        }
    }

    /// A server did not execute a call, or the outcome is not known.
    func failed(_ attempt: LoopAttempt, with error: RedisError, at client: RedisClient) {
        if let call = attempt.call as? RoutedCall { return call.failed(error, at: client) }
        guard RoutedAttempt.goesOn(after: error) else { return attempt.call.received(.failure(error)) }
        RoutedCall(attempt.call, slot: attempt.slot, of: self).failed(error, at: client)
    }

    /// A server redirects calls for a slot.
    func move(_ slot: UInt16, to address: ServerAddress, toldBy asked: ServerAddress) {
        if topology.move(slot, to: address, toldBy: asked) { apply(topology.map) }
    }

    /// One more call waits before its next attempt.
    ///
    /// - Returns: false if there are too many.
    func beginWaiting() -> Bool {
        guard routes.value.waiting < configuration.inFlightLimit else { return false }
        routes.value.waiting += 1
        return true
    }

    func endWaiting() { routes.value.waiting -= 1 }

    /// Calls go to these servers from now on. Links to servers that are none any more are closed, and the commands that
    /// wait on them fail.
    private func apply(_ map: ClusterMap) {
        let routes = routes.value
        guard !routes.isOver, map.version > routes.version else { return }
        var former = links.withLock { $0 }
        var present: [String: ClusterLink] = [:]
        var begun: [ClusterLink] = []
        for case let primary? in map.servers {
            if let link = former[primary.id], link.target == primary.target {
                present[primary.id] = link
                former[primary.id] = nil
            } else {
                let link = link(to: primary.target)
                present[primary.id] = link
                begun.append(link)
            }
        }
        links.withLock { $0 = present }
        routes.version = map.version
        routes.owners = map.owners
        routes.clients = map.servers.map { primary in primary.flatMap { present[$0.id]?.client } }
        for link in begun { starts.continuation.yield(link) }
        for link in former.values {
            link.close()
            past.withLock { $0.add(link.client) }
        }
    }

    private func link(to target: ClusterNodeTarget) -> ClusterLink {
        let client = RedisClient(
            configuration: target.id.map { configuration.toPrimary($0) } ?? configuration,
            node: target,
            router: self,
            eventLoop: eventLoop,
            logger: logger,
            logThrottle: logThrottle,
            jitter: jitter,
            onMessage: onMessage
        )
        return ClusterLink(to: target, client: client)
    }

    private func finish() async {
        await withCheckedContinuation { continuation in
            eventLoop.execute {
                let routes = self.routes.value
                routes.isOver = true
                routes.clients = []
                continuation.resume()
            }
        }
        links.withLock { $0 = [:] }
    }
}
