package import ActorRuntime
package import Logging
package import NIOCore
package import RedisClient

/// News of actors by Redis' publish and subscribe: commits publish their versions, and each node subscribes to the actors
/// that somebody on it listens to.
///
/// Redis forgets what nobody heard, and so may a connection; so listeners are also told to look every few seconds, and
/// whenever the connection was made anew.
package final class RedisChangeFeed: ChangeFeed {
    /// How many subscriptions are under way at once where a connection was made anew.
    private static let width = 256

    private let interval: Duration
    private let client: RedisClient
    private let keys: RedisKeys
    private let listeners: ChangeListeners
    /// The channels that are to be subscribed to, or not any more.
    private let subscriptionChanges: AsyncStream<String>
    private let subscriptionChange: AsyncStream<String>.Continuation

    /// - Parameters:
    ///   - configuration: the server; the feed has a connection of its own.
    ///   - limit: how many may listen at once.
    ///   - interval: how often listeners are told to look.
    package init(
        configuration: RedisConfiguration,
        eventLoop: any EventLoop,
        cluster: ClusterName = .standard,
        limit: Int,
        interval: Duration = .seconds(3),
        logger: Logger
    ) {
        let listeners = ChangeListeners(limit: limit)
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
            onMessage: { listeners.tell($0) }
        )
    }

    package func notifications(of id: ActorID) -> AsyncStream<ChangeNotification>? {
        let channel = keys.actor(id)
        let subscriptionChange = subscriptionChange
        return listeners.add(to: channel) { subscriptionChange.yield(channel) }
    }

    /// Ends everybody's news, and lets nobody listen any more: the node leaves.
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
            group.addTask { try await self.pulse() }
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

    private func pulse() async throws {
        while true {
            try await ContinuousClock().sleep(for: interval)
            listeners.tellToLook()
            do throws(RedisError) {
                // Else a connection that is only listened on would never be found dead.
                _ = try await client.send("PING")
            } catch {
                continue
            }
        }
    }
}
