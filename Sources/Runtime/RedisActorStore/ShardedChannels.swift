internal import Logging
internal import NIOCore
internal import RedisClient
internal import Synchronization
internal import Timing

/// Channels of the shards of a Redis Cluster: each is at the primary that has the slot of its name, which is that of the
/// actor's record.
final class ShardedChannels: ChangeChannels {
    /// The servers at which channels were subscribed to last, by the channels. A channel is added before its server
    /// is asked, so that the end of a subscription never comes too early to be noticed.
    private final class Subscriptions: Sendable {
        private let servers = Mutex<[String: String]>([:])
        let doubts = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

        func server(of channel: String) -> String? { servers.withLock { $0[channel] } }

        func begin(_ channel: String, at server: String) { servers.withLock { $0[channel] = server } }

        /// - Returns: the server at which the channel was subscribed to.
        func end(_ channel: String) -> String? { servers.withLock { $0.removeValue(forKey: channel) } }

        /// The server has ended a subscription. If nobody here wanted that, it may have moved.
        func dropped(_ channel: String) {
            if end(channel) != nil { doubts.continuation.yield() }
        }

        /// There is a new connection to a server, which has no subscriptions.
        func connected(to server: String) {
            servers.withLock { servers in servers = servers.filter { $0.value != server } }
            doubts.continuation.yield()
        }
    }

    let client: RedisClusterClient
    private let subscriptions: Subscriptions

    /// - Parameter published: called for each message, with its payload and its channel.
    init(
        configuration: RedisConfiguration,
        topology: RedisClusterTopology,
        eventLoop: any EventLoop,
        logger: Logger,
        logThrottle: LogThrottle,
        published: @escaping @Sendable ([UInt8], String) -> Void
    ) {
        let subscriptions = Subscriptions()
        self.subscriptions = subscriptions
        client = RedisClusterClient(
            configuration: configuration,
            topology: topology,
            eventLoop: eventLoop,
            logger: logger,
            logThrottle: logThrottle,
            onMessage: { message in
                switch message.kind {
                case .published: published(message.payload, message.channel)
                case .unsubscribed: subscriptions.dropped(message.channel)
                }
            },
            onConnection: { subscriptions.connected(to: $0) }
        )
    }

    var doubts: AsyncStream<Void> { subscriptions.doubts.stream }

    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.client.run() }
            group.addTask {
                for await _ in self.client.topology.changes() {
                    self.subscriptions.doubts.continuation.yield()
                }
            }
            defer { group.cancelAll() }
            await group.next()
        }
    }

    func isSubscribed(to channel: String) -> Bool {
        guard let server = subscriptions.server(of: channel) else { return false }
        return client.topology.map.primary(of: HashSlot.of(key: channel.utf8))?.id == server
    }

    func subscribe(to channel: String) async throws(RedisError) {
        do throws(RedisError) {
            try await client.subscribe(to: channel) { subscriptions.begin(channel, at: $0) }
        } catch {
            // The next probe finds it missing.
            _ = subscriptions.end(channel)
            throw error
        }
    }

    func unsubscribe(from channel: String) async throws(RedisError) {
        guard let server = subscriptions.end(channel) else { return }
        try await client.unsubscribe(from: channel, at: server)
    }

    func probe() async {
        await client.probe()
        subscriptions.doubts.continuation.yield()
    }
}
