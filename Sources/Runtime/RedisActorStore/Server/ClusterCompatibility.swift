package import RedisClient

/// The suitability of the primaries of a Redis Cluster.
package enum ClusterCompatibility: Sendable, Hashable {
    /// All are suitable.
    ///
    /// - `tier`: that of the least durable one.
    /// - `nodeTimeout`: the greatest `cluster-node-timeout`; nil if one of them does not tell it.
    /// - `warnings`: lines for the operator, each once.
    case admitted(DurabilityTier, nodeTimeout: Duration?, warnings: [String])
    /// - `server`: the address of the server that is not.
    case refused(RedisCompatibility.Incompatibility, server: String)

    /// Asks every primary that is known. One without slots that cannot be reached is left out.
    ///
    /// - Throws: also `notConnected`, if there is no connection to one of them.
    package static func check(
        _ client: RedisClusterClient,
        cluster: ClusterName
    ) async throws(RedisError) -> ClusterCompatibility {
        let rights = RedisRights(cluster: cluster, replicas: 0, inCluster: true)
        var servers: [(address: String, RedisServerProperties)] = []
        for primary in client.topology.primaries {
            guard let server = client.client(of: primary.id), server.isConnected else {
                // Without slots it is not needed yet; it may be about to become a replica.
                if primary.slots.isEmpty { continue }
                throw .notConnected(reason: "there is no connection to \(primary.address)")
            }
            let missing = try await rights.missing(from: server)
            guard missing.isEmpty else {
                return .refused(.missingRights(missing), server: "\(primary.address)")
            }
            servers.append(("\(primary.address)", try await .gather(from: server)))
        }
        guard let found = ClusterCompatibility(servers) else {
            throw .notConnected(reason: client.topology.problem)
        }
        return found
    }

    /// Nil for no server.
    ///
    /// - Parameter servers: the primaries with their addresses.
    init?(_ servers: [(address: String, properties: RedisServerProperties)]) {
        var tiers: [DurabilityTier] = []
        var lines: [String] = []
        for (address, properties) in servers {
            switch RedisCompatibility(properties, inCluster: true) {
            case .refused(let reason):
                self = .refused(reason, server: address)
                return
            case .admitted(let tier, _, let warnings):
                tiers.append(tier)
                for warning in warnings where !lines.contains(warning) { lines.append(warning) }
            }
        }
        let order: [RedisServerProperties.Append] = [.off, .whenever, .everySecond, .always]
        func rank(_ tier: DurabilityTier) -> (Int, Int) {
            (order.firstIndex(of: tier.append) ?? 0, tier.connectedReplicas)
        }
        let weakest = tiers.min { rank($0) < rank($1) }
        let timeouts = servers.compactMap(\.properties.nodeTimeout)
        guard let weakest else { return nil }
        self = .admitted(
            weakest,
            nodeTimeout: timeouts.count == servers.count ? timeouts.max() : nil,
            warnings: lines
        )
    }
}
