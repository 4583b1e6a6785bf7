package import ActorRuntime
package import Logging
package import NIOCore
package import RedisClient

/// Notifications about actors by Redis' publish and subscribe: commits publish their versions, and each node
/// subscribes to the actors that somebody on it listens to.
///
/// Redis forgets what nobody heard, and so may a connection. Listeners are therefore told to look whenever a
/// subscription was made, and that a while passed every few seconds, each at a time of its own.
package final class RedisChangeFeed: ChangeFeed {
    /// How many subscriptions are under way at once where a connection was made anew.
    private static let width = 256

    private let interval: Duration
    private let client: RedisClient
    private let keys: RedisKeys
    private let listeners: ChangeListeners
    /// The channels whose first listener came, or whose last one left.
    private let subscriptionChanges: AsyncStream<String>
    private let subscriptionChange: AsyncStream<String>.Continuation

    /// - Parameters:
    ///   - configuration: the server; the feed has a connection of its own.
    ///   - limit: how many may listen at once.
    ///   - interval: how often a listener is told that a while passed.
    ///   - random: draws the time of each listener within the interval.
    package init(
        configuration: RedisConfiguration,
        eventLoop: any EventLoop,
        cluster: ClusterName = .standard,
        limit: Int,
        interval: Duration = .seconds(3),
        random: @escaping @Sendable () -> UInt64,
        logger: Logger
    ) {
        let listeners = ChangeListeners(limit: limit, random: random)
        self.listeners = listeners
        self.interval = interval
        keys = RedisKeys(cluster: cluster)
        (subscriptionChanges, subscriptionChange) = AsyncStream.makeStream(
            of: String.self,
            bufferingPolicy: .unbounded
        )
        client = RedisClient(
            configuration: configuration,
            eventLoop: eventLoop,
            logger: logger,
            onMessage: { listeners.publish($0.payload, to: $0.channel) }
        )
    }

    package func notifications(of id: ActorID) -> AsyncStream<ChangeNotification>? {
        let channel = keys.actor(id)
        let subscriptionChange = subscriptionChange
        return listeners.add(to: channel) { subscriptionChange.yield(channel) }
    }

    /// Ends all listeners, and takes no more: the node leaves.
    package func close() { listeners.close() }

    /// Keeps a connection until the task is cancelled.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.client.run() }
            group.addTask {
                for await state in self.client.states() where state == .connected {
                    await self.subscribeAnew()
                }
            }
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

    private func subscribeAnew() async {
        let channels = listeners.channels
        for start in stride(from: 0, to: channels.count, by: Self.width) {
            await withDiscardingTaskGroup { group in
                for channel in channels[start..<min(channels.count, start + Self.width)] {
                    group.addTask { await self.follow(channel) }
                }
            }
        }
    }

    /// Subscribes to a channel that somebody listens to, and else ends the subscription.
    private func follow(_ channel: String) async {
        let isListenedTo = listeners.listens(to: channel)
        do throws(RedisError) {
            _ = try await client.send(isListenedTo ? "SUBSCRIBE" : "UNSUBSCRIBE", [.string(channel)])
        } catch {
            // The connection is gone, or will be: the next one subscribes to everything.
            return
        }
        if isListenedTo { listeners.tellToLook(channel) }
    }

    private func takeTurns() async throws {
        for turn in 0... {
            try await ContinuousClock().sleep(for: interval / ChangeListeners.turns)
            listeners.takeTurn(turn)
        }
    }

    /// Finds a dead connection, on which the node otherwise only listens.
    private func probe() async throws {
        while true {
            try await ContinuousClock().sleep(for: interval)
            do throws(RedisError) {
                _ = try await client.send("PING")
            } catch {
                continue
            }
        }
    }
}
