package import ActorRuntime
package import Ownership
package import RedisClient

/// The servers of a Redis Cluster, as the runtime sees them.
package final class RedisStoreTopology: StoreTopology {
    /// The time for which a probe waits for the connection: a server that is new gets both at the same moment.
    private static let patience: Duration = .milliseconds(250)
    private static let pause: Duration = .milliseconds(10)

    package let membershipSlot: StoreSlot
    private let client: RedisClusterClient
    private let prober: RedisServerProber

    /// - Parameter client: for probes alone, so that they never wait for commands; run by the caller.
    package init(client: RedisClusterClient, cluster: ClusterName = .standard) {
        self.client = client
        membershipSlot = StoreSlot(HashSlot.of(key: RedisKeys(cluster: cluster).nodes.utf8))
        prober = RedisServerProber(cluster: cluster) { client.client(of: $0.rawValue) }
    }

    package func slot(of id: ActorID) -> StoreSlot { StoreSlot(HashSlot.of(tag: id.rawValue)) }

    package var servers: [StoreServerID] { client.topology.primaries.map { StoreServerID($0.id) } }

    package func changes() -> AsyncStream<UInt64> { client.topology.changes() }

    package func probe(_ server: StoreServerID) async throws(StoreFailure) -> ServerWord {
        await connected(to: server)
        let (word, nodes) = try await prober.probe(server)
        client.topology.learn(nodes)
        return word
    }

    private func connected(to server: StoreServerID) async {
        let clock = ContinuousClock()
        let deadline = clock.now + Self.patience
        while client.client(of: server.rawValue)?.isConnected != true, clock.now < deadline {
            do {
                try await clock.sleep(for: Self.pause)
            } catch {
                return
            }
        }
    }
}
