internal import NIOCore

/// A cluster client's connection to one primary, for as long as that is one.
final class ClusterLink: Sendable {
    let target: ClusterNodeTarget
    let client: RedisClient
    private let closing = AsyncStream<Never>.makeStream()

    init(to target: ClusterNodeTarget, client: RedisClient) {
        self.target = target
        self.client = client
    }

    /// Ends the connection and `run`: whatever the server still answers, it is not the one to ask any more. On the
    /// client's event loop.
    func close() {
        client.retire(because: "the server is no longer a primary of the cluster")
        closing.continuation.finish()
    }

    /// Keeps the connection until the link is closed or the task is cancelled.
    ///
    /// - Parameter lacks: called with the address while the server cannot be reached, and with nil when it can.
    func run(_ lacks: @escaping @Sendable (RedisClient, ServerAddress?) -> Void) async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                do {
                    try await self.client.run()
                } catch {
                    // The client of a node of a cluster ends only with its task.
                }
            }
            group.addTask { [client, target] in
                for await state in client.states() {
                    switch state {
                    case .connected: lacks(client, nil)
                    case .disconnected(RedisClient.unconnected): continue
                    case .disconnected: lacks(client, target.address)
                    }
                }
            }
            for await _ in closing.stream {}
            group.cancelAll()
        }
        lacks(client, nil)
    }
}
