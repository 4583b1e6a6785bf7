package import RedisClient

// The connections to the servers of a store, for whoever runs and watches them.

extension RedisServers {
    /// The time between two looks at a Redis Cluster that is not reached yet.
    private static let pause: Duration = .milliseconds(50)

    /// The client of each server that is known.
    package var clients: [RedisClient] {
        switch self {
        case .one(let client): [client]
        case .cluster(let client): client.clients
        }
    }

    /// True while there is a connection to each server that has actors.
    package var isConnected: Bool { disconnectReason == nil }

    /// The reason why there is no connection to a server; nil while there is one to each.
    package var disconnectReason: String? {
        switch self {
        case .one(let client): client.disconnectReason
        case .cluster(let client): client.disconnectReason
        }
    }

    /// The number of connections that there are, and that of the servers that have one or should have one.
    package var connections: (open: Int, wanted: Int) {
        switch self {
        case .one(let client): (client.isConnected ? 1 : 0, 1)
        case .cluster(let client): client.connections
        }
    }

    /// The numbers of connections and attempts so far.
    package var connectionCounts: RedisConnectionCounts {
        switch self {
        case .one(let client): client.connectionCounts
        case .cluster(let client): client.connectionCounts
        }
    }

    /// Has the client tell the numbers of its commands: late, or never, while its loop stands still.
    package func askCommandCounts(_ answer: @escaping @Sendable (RedisCommandCounts) -> Void) {
        switch self {
        case .one(let client): client.askCommandCounts(answer)
        case .cluster(let client): client.askCommandCounts(answer)
        }
    }

    /// Keeps the connections until the task is cancelled. Runs once.
    package func run() async throws {
        switch self {
        case .one(let client): try await client.run()
        case .cluster(let client): await client.run()
        }
    }

    /// Waits until all servers are connected.
    ///
    /// - Returns: false if there will be no connection, or the task was cancelled.
    package func reached() async -> Bool {
        switch self {
        case .one(let client):
            for await state in client.states() where state == .connected { return true }
            return false
        case .cluster(let client):
            while !client.isConnected {
                do {
                    try await Task.sleep(for: Self.pause)
                } catch {
                    return false
                }
            }
            return true
        }
    }
}
