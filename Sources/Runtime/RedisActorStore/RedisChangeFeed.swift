package import ActorRuntime
package import Logging
package import NIOCore
package import RedisClient
package import Timing

/// Notifications of changed actors through Redis's publish and subscribe. Commits publish their versions;
/// each node subscribes to the actors that have listeners on it.
///
/// Published messages can get lost. Listeners are therefore told to look at the actor after every
/// subscription, and that a while has passed every few seconds, each at its own time.
package final class RedisChangeFeed: ChangeFeed {
    /// The most concurrent subscriptions after a reconnect.
    private static let width = 256

    private let interval: Duration
    private let database: Int
    private let channels: any ChangeChannels
    /// The servers, with connections of the feed's own.
    package let servers: RedisServers
    private let keys: RedisKeys
    private let listeners: ChangeListeners
    /// The channels whose first listener has come, or whose last one has gone.
    private let subscriptionChanges: AsyncStream<String>
    private let subscriptionChange: AsyncStream<String>.Continuation
    /// Wakes the turns, which rest while there is no listener.
    private let arrivals = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// - Parameters:
    ///   - configuration: the server. The feed opens its own connection.
    ///   - limit: the most listeners at once.
    ///   - interval: the interval at which a listener is told that a while has passed.
    ///   - random: draws the time of each listener within the interval.
    ///   - logThrottle: shared with clients whose lines would be the same.
    ///   - watch: as for a `RedisClient`.
    ///   - topology: knows the servers of the configuration's Redis Cluster; nil for a single server.
    package init(
        configuration: RedisConfiguration,
        eventLoop: any EventLoop,
        cluster: ClusterName = .standard,
        limit: Int,
        interval: Duration = .seconds(3),
        random: @escaping @Sendable () -> UInt64,
        logger: Logger,
        logThrottle: LogThrottle = LogThrottle(interval: .seconds(10)),
        watch: SentinelWatch? = nil,
        topology: RedisClusterTopology? = nil
    ) {
        let listeners = ChangeListeners(limit: limit, random: random)
        self.listeners = listeners
        self.interval = interval
        keys = RedisKeys(cluster: cluster)
        (subscriptionChanges, subscriptionChange) = AsyncStream.makeStream(
            of: String.self,
            bufferingPolicy: .unbounded
        )
        database = configuration.database
        if let topology {
            let sharded = ShardedChannels(
                configuration: configuration,
                topology: topology,
                eventLoop: eventLoop,
                logger: logger,
                logThrottle: logThrottle,
                published: { listeners.publish($0, to: $1) }
            )
            servers = .cluster(sharded.client)
            channels = sharded
        } else {
            let client = RedisClient(
                configuration: configuration,
                eventLoop: eventLoop,
                logger: logger,
                logThrottle: logThrottle,
                watch: watch,
                onMessage: { listeners.publish($0.payload, to: $0.channel) }
            )
            servers = .one(client)
            channels = PlainChannels(client)
        }
    }

    package func notifications(of id: ActorID) -> AsyncStream<ChangeNotification>? {
        let channel = keys.channel(id, inDatabase: database)
        let subscriptionChange = subscriptionChange
        let notifications = listeners.add(to: channel) { subscriptionChange.yield(channel) }
        arrivals.continuation.yield()
        return notifications
    }

    /// The number of streams of notifications that are open.
    package var listenerCount: Int { listeners.count }

    /// Ends all streams, and accepts no more listeners.
    package func close() { listeners.close() }

    /// Maintains the connection and the subscriptions until the task is cancelled.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.channels.run() }
            group.addTask { for await _ in self.channels.doubts { await self.resubscribe() } }
            group.addTask {
                for await channel in self.subscriptionChanges { await self.follow(channel) }
            }
            group.addTask { try await self.takeTurns() }
            group.addTask { try await self.probe() }
            defer { group.cancelAll() }
            do {
                try await group.next()
            } catch is CancellationError {
                return
            }
        }
        listeners.close()
    }

    private func resubscribe() async {
        let channels = listeners.channels.filter { !self.channels.isSubscribed(to: $0) }
        for start in stride(from: 0, to: channels.count, by: Self.width) {
            await withDiscardingTaskGroup { group in
                for channel in channels[start..<min(channels.count, start + Self.width)] {
                    group.addTask { await self.follow(channel) }
                }
            }
        }
    }

    /// Subscribes to a channel if it has listeners, and unsubscribes otherwise.
    private func follow(_ channel: String) async {
        var isListenedTo: Bool
        repeat {
            isListenedTo = listeners.listens(to: channel)
            do throws(RedisError) {
                if isListenedTo {
                    try await channels.subscribe(to: channel)
                } else {
                    try await channels.unsubscribe(from: channel)
                }
            } catch {
                // The connection has ended or will end. The next one subscribes to everything.
                return
            }
            if isListenedTo { listeners.tellToLook(channel) }
            // Another caller may have followed a newer change meanwhile, and its command may have come first.
        } while listeners.listens(to: channel) != isListenedTo
    }

    private func takeTurns() async throws {
        var turn = 0
        for await _ in arrivals.stream {
            while !listeners.isEmpty {
                try await ContinuousClock().sleep(for: interval / ChangeListeners.turns)
                listeners.takeTurn(turn)
                turn = (turn + 1) % ChangeListeners.turns
            }
        }
    }

    /// Detects a dead connection, on which the node otherwise only receives.
    private func probe() async throws {
        while true {
            try await ContinuousClock().sleep(for: interval)
            await channels.probe()
        }
    }
}
