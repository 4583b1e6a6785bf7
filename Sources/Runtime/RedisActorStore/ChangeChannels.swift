internal import RedisClient
internal import Synchronization

/// The way to the channels on which commits publish.
protocol ChangeChannels: Sendable {
    /// Yields whenever subscriptions may be missing. For one consumer.
    var doubts: AsyncStream<Void> { get }

    /// Maintains the connections until the task is cancelled.
    func run() async throws

    /// True if nothing has ended the subscription to the channel.
    func isSubscribed(to channel: String) -> Bool
    func subscribe(to channel: String) async throws(RedisError)
    func unsubscribe(from channel: String) async throws(RedisError)

    /// Detects dead connections, on which a node otherwise only receives.
    func probe() async
}

/// Channels at a single server, which knows all of them.
struct PlainChannels: ChangeChannels {
    let client: RedisClient
    let doubts: AsyncStream<Void>
    private let doubt: AsyncStream<Void>.Continuation

    init(_ client: RedisClient) {
        self.client = client
        (doubts, doubt) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            group.addTask { for await state in client.states() where state == .connected { doubt.yield() } }
            // The second one ends with the client, whose error counts.
            try await group.waitForAll()
        }
    }

    /// A new connection has no subscriptions.
    func isSubscribed(to channel: String) -> Bool { false }

    func subscribe(to channel: String) async throws(RedisError) {
        _ = try await client.send("SUBSCRIBE", [.string(channel)])
    }

    func unsubscribe(from channel: String) async throws(RedisError) {
        _ = try await client.send("UNSUBSCRIBE", [.string(channel)])
    }

    func probe() async {
        do throws(RedisError) {
            _ = try await client.send("PING")
        } catch {
            // The end of the connection is told by its state.
        }
    }
}
