internal import MetricReadings
internal import NIOCore
internal import Synchronization

/// The numbers of a cluster client's connections that belong to servers which are primaries no more: what was counted
/// must not vanish with the server.
struct PastLinks {
    /// The most clients whose numbers may still grow.
    static let limit = 16

    /// Those that may still count the end of their connection, the newest last.
    var clients: [RedisClient] = []
    /// The numbers of those before.
    var connections = RedisConnectionCounts()
    var commands = RedisCommandCounts(durations: [], failed: 0, inFlight: 0)

    /// On the client's event loop.
    mutating func add(_ client: RedisClient) {
        clients.append(client)
        guard clients.count > Self.limit else { return }
        let oldest = clients.removeFirst()
        connections.add(oldest.connectionCounts)
        commands.add(oldest.readCommandCounts(), isOver: true)
    }
}

extension RedisClusterClient {
    /// The number of connections that there are, and that of the servers that have one or should have one.
    package var connections: (open: Int, wanted: Int) {
        let clients = clients
        return (clients.count { $0.isConnected }, clients.count)
    }

    /// As of a `RedisClient`, for all servers so far.
    package var connectionCounts: RedisConnectionCounts {
        let clients = clients
        return past.withLock { past in
            var counts = past.connections
            for client in past.clients + clients { counts.add(client.connectionCounts) }
            return counts
        }
    }

    /// As of a `RedisClient`, for all servers so far.
    package func askCommandCounts(_ answer: @escaping @Sendable (RedisCommandCounts) -> Void) {
        eventLoop.execute {
            let clients = self.clients
            let counts = self.past.withLock { past in
                var counts = past.commands
                for client in past.clients + clients { counts.add(client.readCommandCounts()) }
                return counts
            }
            answer(counts)
        }
    }
}

extension RedisConnectionCounts {
    fileprivate mutating func add(_ others: RedisConnectionCounts) {
        opened &+= others.opened
        failed &+= others.failed
        ended &+= others.ended
    }
}

extension RedisCommandCounts {
    /// - Parameter isOver: true if nothing waits any more.
    fileprivate mutating func add(_ others: RedisCommandCounts, isOver: Bool = false) {
        for (script, durations) in others.durations {
            if let at = self.durations.firstIndex(where: { $0.script == script }) {
                self.durations[at].durations.add(durations)
            } else {
                self.durations.append((script, durations))
            }
        }
        failed &+= others.failed
        if !isOver { inFlight += others.inFlight }
    }
}
