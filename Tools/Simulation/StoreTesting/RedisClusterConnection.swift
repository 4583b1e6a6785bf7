internal import Logging
internal import NIOCore
internal import NIOPosix
package import RedisClient
package import ServerTesting

/// A client of a cluster of a test, and what it knows of the servers.
package struct RedisClusterConnection: Sendable {
    package let client: RedisClusterClient

    /// Runs `body` with a client that has a connection to each primary.
    ///
    /// - Parameter user: the name and the password, with a colon between them; nil for the default user.
    package static func with<Value>(
        _ cluster: RedisClusterFixture,
        as user: String? = nil,
        _ body: (RedisClusterConnection) async throws -> Value
    ) async throws -> Value {
        let url = user.map { cluster.url.replacing("://", with: "://\($0)@") } ?? cluster.url
        var configuration = try RedisConfiguration(url: url)
        configuration.commandTimeout = .seconds(5)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        guard
            let topology = RedisClusterTopology(configuration: configuration, eventLoop: loop, logger: logger)
        else { throw Unexpected(what: "\(cluster.url) is no cluster") }
        let client = RedisClusterClient(
            configuration: configuration,
            topology: topology,
            eventLoop: loop,
            logger: logger
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await topology.run() }
            group.addTask { await client.run() }
            let connection = RedisClusterConnection(client: client)
            try await cluster.wait("there is a connection to each primary") { client.isConnected }
            return try await body(connection)
        }
    }

    /// The client of one server, once there is one.
    package func client(of member: RedisClusterFixture.Member) async throws -> RedisClient {
        while true {
            if let client = client.client(of: member.id), client.disconnectReason == nil { return client }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
