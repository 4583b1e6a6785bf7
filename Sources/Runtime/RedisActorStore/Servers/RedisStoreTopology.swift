package import ActorRuntime
package import Ownership
package import RedisClient

/// The servers of a Redis Cluster, as the runtime sees them.
package final class RedisStoreTopology: StoreTopology {
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
        let (word, nodes) = try await prober.probe(server)
        client.topology.learn(nodes)
        return word
    }
}
