internal import LogEvents
package import Logging
package import NIOCore
internal import Synchronization
package import Timing

/// A client of one Redis server. It has one connection, and reconnects whenever that is lost.
///
/// Concurrent commands share writes, and are answered in the order in which they were sent. Without a
/// connection a command fails at once with `notConnected`, also before the first connection; `states()` tells
/// when there is one.
package final class RedisClient: Sendable {
    /// The reason why there is no connection before the first attempt to connect has ended.
    static let unconnected = "not connected yet"

    private struct LockedState {
        var state = Broadcast<RedisConnectionState>(.disconnected(reason: RedisClient.unconnected))
        var phase = Phase.idle
        var counts = RedisConnectionCounts()
        /// True if nobody needs the server any more.
        var isRetired = false
    }

    private enum Phase {
        /// `run` was not called yet. Can become `running`.
        case idle
        /// `run` keeps a connection. Can become `over`.
        case running
        /// `run` has returned. Terminal.
        case over
    }

    /// The server, and the limits.
    package let configuration: RedisConfiguration
    /// The thread of the connection.
    package let eventLoop: any EventLoop
    let logger: Logger
    let logThrottle: LogThrottle
    let jitter: @Sendable () -> Double
    let onMessage: MessageHandler?
    /// Knows the server; nil for a server at an address.
    package let watch: SentinelWatch?
    /// True if the watch is nobody else's, and runs while the client does.
    let ownsWatch: Bool
    /// The node of a Redis Cluster that is meant; nil for any other server.
    let node: ClusterNodeTarget?
    /// Decides what becomes of calls that this server did not execute; nil outside of a Redis Cluster. It refers to
    /// its clients until it ends.
    let router: RedisClusterClient?
    private let locked = Mutex(LockedState())
    /// The connection that commands use; nil where there is none.
    private let connection: NIOLoopBoundBox<RedisConnection?>
    /// Of all its connections. Confined to the event loop.
    let commandCounts: NIOLoopBoundBox<CommandCounts>

    /// Receives published messages, on the thread of the connection, in the order in which they arrived.
    package typealias MessageHandler = @Sendable (RedisMessage) -> Void

    /// A client that connects when `run` is called.
    ///
    /// - Parameters:
    ///   - eventLoop: the thread for input and output. Tasks may call from any thread, also from this one.
    ///   - logThrottle: shared by clients whose lines would be the same.
    ///   - watch: knows the primary that the configuration's sentinels name, and is run by the caller; nil for one
    ///     of the client's own, or for a server at an address.
    ///   - jitter: draws a random number evenly from 0…1, to spread attempts to connect.
    ///   - onMessage: makes this a client for `SUBSCRIBE`, `UNSUBSCRIBE` and `PING`, each with one argument.
    ///     Subscriptions end with the connection.
    package convenience init(
        configuration: RedisConfiguration,
        eventLoop: any EventLoop,
        logger: Logger,
        logThrottle: LogThrottle = LogThrottle(interval: .seconds(10)),
        watch: SentinelWatch? = nil,
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) },
        onMessage: MessageHandler? = nil
    ) {
        self.init(
            configuration: configuration,
            node: nil,
            router: nil,
            eventLoop: eventLoop,
            logger: logger,
            logThrottle: logThrottle,
            watch: watch,
            jitter: jitter,
            onMessage: onMessage
        )
    }

    /// - Parameters:
    ///   - node: the node of a Redis Cluster that is meant; nil for any other server.
    ///   - router: decides what becomes of calls that this node did not execute; nil for nobody.
    init(
        configuration: RedisConfiguration,
        node: ClusterNodeTarget?,
        router: RedisClusterClient?,
        eventLoop: any EventLoop,
        logger: Logger,
        logThrottle: LogThrottle,
        watch: SentinelWatch? = nil,
        jitter: @escaping @Sendable () -> Double,
        onMessage: MessageHandler? = nil
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.logger = logger
        self.logThrottle = logThrottle
        self.jitter = jitter
        self.onMessage = onMessage
        self.node = node
        self.router = router
        self.watch =
            watch ?? SentinelWatch(configuration: configuration, eventLoop: eventLoop, logger: logger)
        ownsWatch = watch == nil && self.watch != nil
        self.connection = .makeEmptyBox(eventLoop: eventLoop)
        self.commandCounts = .makeBoxSendingValue(CommandCounts(), eventLoop: eventLoop)
    }

    /// A client for each event loop of a group. What they log has the number of the loop, and one of them speaks
    /// for those to which the same happens.
    package static func onEachLoop(
        of group: any EventLoopGroup,
        configuration: RedisConfiguration,
        logger: Logger,
        logThrottle: LogThrottle = LogThrottle(interval: .seconds(10)),
        watch: SentinelWatch? = nil
    ) -> [RedisClient] {
        group.makeIterator().enumerated().map { number, loop in
            var logger = logger
            logger[metadataKey: "loop"] = .number(number)
            return RedisClient(
                configuration: configuration,
                eventLoop: loop,
                logger: logger,
                logThrottle: logThrottle,
                watch: watch
            )
        }
    }

    /// True if a command would be sent now.
    package var isConnected: Bool { disconnectReason == nil }

    /// The reason why there is no connection; nil while there is one.
    package var disconnectReason: String? {
        switch locked.withLock({ $0.state.value }) {
        case .connected: nil
        case .disconnected(let reason): reason
        }
    }

    /// The numbers of connections and attempts so far.
    package var connectionCounts: RedisConnectionCounts { locked.withLock { $0.counts } }

    /// The present state of the connection, then every change. Slow consumers receive only the newest state.
    /// Ends when the client is shut down.
    package func states() -> AsyncStream<RedisConnectionState> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: RedisConnectionState.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        if let number = locked.withLock({ $0.state.add(continuation) }) {
            continuation.onTermination = { [weak self] _ in self?.locked.withLock { $0.state.remove(number) }
            }
        }
        return stream
    }

    /// Sends a command and waits for its reply. An error reply is thrown as `server`.
    package func send(
        _ name: String,
        _ arguments: [RedisArgument] = []
    ) async throws(RedisError) -> RedisValue {
        try await send(RedisPipeline(name, arguments), for: PendingReply())
    }

    /// Sends commands and waits for what `call` makes of their replies.
    ///
    /// - Parameter preface: a command to send directly before, whose reply is dropped.
    func send(
        _ commands: RedisPipeline,
        after preface: RedisPipeline? = nil,
        for call: PendingReply
    ) async throws(RedisError) -> RedisValue {
        if let absence { throw absence }
        return try await call.outcome(on: eventLoop) { [self] in
            withConnection { $0.submit(commands, after: preface, for: call) }
        }.get()
    }

    /// Submits something on the connection, on the event loop.
    ///
    /// - Returns: the reason why that is refused; nil if it is not.
    func withConnection(_ submit: (RedisConnection) -> RedisError?) -> RedisError? {
        if let connection = connection.value { return submit(connection) }
        return absence ?? .notConnected(reason: "not connected")
    }

    /// Ends the connection if there is one. The next one is to the address that the server's name has then. On the
    /// event loop.
    func reconnect(because reason: String) { connection.value?.abandon(.lost(reason)) }

    /// Ends the connection, for good: nobody needs the server any more. On the event loop.
    func retire(because reason: String) {
        locked.withLock { $0.isRetired = true }
        reconnect(because: reason)
    }

    /// True after `retire`.
    var isRetired: Bool { locked.withLock { $0.isRetired } }

    /// The number of commands that wait for their replies. On the event loop.
    var inFlight: Int { connection.value?.inFlight ?? 0 }

    /// The error of commands while there is no connection; nil while there is one.
    private var absence: RedisError? {
        locked.withLock { locked in
            switch (locked.phase, locked.state.value) {
            case (.over, _): .shutDown
            case (.idle, .connected), (.running, .connected): nil
            case (.idle, .disconnected(let reason)), (.running, .disconnected(let reason)):
                .notConnected(reason: reason)
            }
        }
    }
}

// MARK: Called by `run`

extension RedisClient {
    func begin() {
        locked.withLock { locked in
            switch locked.phase {
            case .idle: locked.phase = .running
            case .running, .over: preconditionFailure("a RedisClient runs once")
            }
        }
    }

    /// Commands use this connection from now on, unless it has ended already. On the event loop.
    func didConnect(_ connection: RedisConnection) {
        guard connection.end == nil else { return }
        self.connection.value = connection
        locked.withLock { locked in
            locked.counts.opened += 1
            locked.state.send(.connected)
        }
    }

    /// An attempt to connect failed.
    func didNotConnect() {
        locked.withLock { $0.counts.failed += 1 }
    }

    /// An attempt to connect failed, or the end of a connection was noticed.
    func didDisconnect(_ reason: String) {
        locked.withLock { $0.state.send(.disconnected(reason: reason)) }
    }

    /// A connection has ended. Has no effect if commands do not use it. On the event loop.
    func didDisconnect(_ connection: RedisConnection, _ end: DisconnectReason) {
        guard self.connection.value === connection else { return }
        self.connection.value = nil
        locked.withLock { $0.counts.ended += 1 }
        didDisconnect(end.reason)
    }

    func finish() {
        let watchers = locked.withLock { locked in
            locked.phase = .over
            locked.state.send(.disconnected(reason: DisconnectReason.shutDown.reason))
            return locked.state.finish()
        }
        for watcher in watchers { watcher.finish() }
    }
}
