package import RedisClient

/// The suitability of a Redis server, and the durability that it offers.
package enum RedisCompatibility: Sendable, Hashable {
    /// `product`: the server's name and version. `warnings`: what may keep, or keeps, it from accepting changes; lines for
    /// the operator.
    case admitted(DurabilityTier, product: String, warnings: [String])
    case refused(Incompatibility)

    /// The reason why a server is unsuitable.
    package enum Incompatibility: Error, Sendable, Hashable, CustomStringConvertible {
        /// The version, if known. Scripts with flags need 7.0.
        case version(String?)
        /// The policy, if known. A server that evicts would drop actors and tombstones alike.
        case evictionPolicy(String?)
        /// The kind, which does not store all keys.
        case kind(UnsupportedRedisServer)
        /// The server would answer on when it is cut off from its Redis Cluster.
        case readsWhenDown
        /// Commands, with their keys and channels, that Redis does not allow the client's user; not empty.
        case missingRights([String])

        package var description: String {
            switch self {
            case .version(let found?): "Redis \(found) is too old: 7.0 or later is needed"
            case .version(nil): "the Redis server does not tell its version: 7.0 or later is needed"
            case .evictionPolicy(let found?):
                "Redis may evict (maxmemory-policy \(found)): noeviction is needed"
            case .evictionPolicy(nil):
                "the Redis server does not tell its maxmemory-policy: noeviction is needed"
            case .kind(let kind): kind.description
            case .readsWhenDown:
                "Redis would answer when it is cut off from its cluster (cluster-allow-reads-when-down yes): "
                    + "no is needed"
            case .missingRights(let rights):
                "Redis does not allow its user what a node needs: \(rights.joined(separator: ", "))"
            }
        }
    }

    /// Asks the server.
    ///
    /// - Parameter replicas: the number of replicas that have to confirm heartbeats.
    package static func check(
        _ client: RedisClient,
        cluster: ClusterName,
        replicas: Int
    ) async throws(RedisError) -> RedisCompatibility {
        let missing = try await RedisRights(cluster: cluster, replicas: replicas).missing(from: client)
        guard missing.isEmpty else { return .refused(.missingRights(missing)) }
        return RedisCompatibility(try await .gather(from: client), replicas: replicas)
    }

    /// Checks the properties of a server.
    ///
    /// - Parameters:
    ///   - replicas: the number of replicas that have to confirm heartbeats.
    ///   - inCluster: true for a server of a Redis Cluster.
    package init(_ properties: RedisServerProperties, replicas: Int = 0, inCluster: Bool = false) {
        let major = properties.version.flatMap { Int($0.prefix { $0 != "." }) } ?? 0
        if let kind = properties.unsupportedKind, !(inCluster && kind == .cluster) {
            self = .refused(.kind(kind))
        } else if major < 7 {
            self = .refused(.version(properties.version))
        } else if properties.evictionPolicy != "noeviction" {
            self = .refused(.evictionPolicy(properties.evictionPolicy))
        } else if inCluster, properties.readsWhenDown == true {
            self = .refused(.readsWhenDown)
        } else {
            let tier = DurabilityTier(properties, replicas: replicas)
            self = .admitted(tier, product: properties.product, warnings: properties.warnings)
        }
    }
}

/// The durability of an acknowledged change when Redis itself fails.
package struct DurabilityTier: Sendable, Hashable, CustomStringConvertible {
    package let append: RedisServerProperties.Append
    package let connectedReplicas: Int
    /// The number of replicas that have to confirm heartbeats.
    package let confirmingReplicas: Int

    init(_ properties: RedisServerProperties, replicas: Int) {
        append = properties.append
        connectedReplicas = properties.connectedReplicas
        confirmingReplicas = max(0, replicas)
    }

    /// One line for the log.
    package var description: String {
        let disk =
            switch append {
            case .off: "no append-only file: a restart of Redis loses what no live node holds"
            case .always: "append-only file, always: a restart of Redis loses nothing"
            case .everySecond: "append-only file, everysec: a crash of its machine loses about a second"
            case .whenever: "append-only file, flushed by the operating system: a crash loses some seconds"
            }
        let copies = "replicas: \(connectedReplicas) connected, \(confirmingReplicas) must confirm heartbeats"
        return "\(disk); \(copies)"
    }
}
