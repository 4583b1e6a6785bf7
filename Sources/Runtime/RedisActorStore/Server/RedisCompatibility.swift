/// Whether we work on a Redis server, and what its word is worth.
package enum RedisCompatibility: Sendable, Hashable {
    case admitted(DurabilityTier)
    case refused(Incompatibility)

    /// Why we do not work on a server.
    package enum Incompatibility: Error, Sendable, Hashable, CustomStringConvertible {
        /// Scripts with flags need 7.0.
        case version(String?)
        /// A server that may evict would drop carts and tombstones alike.
        case evictionPolicy(String?)

        package var description: String {
            switch self {
            case .version(let found?): "Redis \(found) is too old: 7.0 or later is needed"
            case .version(nil): "the Redis server does not tell its version: 7.0 or later is needed"
            case .evictionPolicy(let found?):
                "Redis may evict (maxmemory-policy \(found)): noeviction is needed"
            case .evictionPolicy(nil):
                "the Redis server does not tell its maxmemory-policy: noeviction is needed"
            }
        }
    }

    /// Judges what a server says of itself.
    ///
    /// - Parameter replicas: how many are configured to confirm heartbeats.
    package init(_ facts: RedisServerProperties, replicas: Int = 0) {
        let major = facts.version.flatMap { Int($0.prefix { $0 != "." }) } ?? 0
        if major < 7 {
            self = .refused(.version(facts.version))
        } else if facts.evictionPolicy != "noeviction" {
            self = .refused(.evictionPolicy(facts.evictionPolicy))
        } else {
            self = .admitted(DurabilityTier(facts, replicas: replicas))
        }
    }
}

/// What an acknowledged change survives when Redis itself fails.
package struct DurabilityTier: Sendable, Hashable, CustomStringConvertible {
    package let append: RedisServerProperties.Append
    /// How many replicas are connected.
    package let connectedReplicas: Int
    /// How many are configured to confirm heartbeats.
    package let confirmingReplicas: Int

    init(_ facts: RedisServerProperties, replicas: Int) {
        append = facts.append
        connectedReplicas = facts.connectedReplicas
        confirmingReplicas = max(0, replicas)
    }

    /// One line for the log.
    package var description: String {
        let disk =
            switch append {
            case .off: "no append-only file: a restart of Redis loses what no live node holds"
            case .always: "append-only file, always: a restart of Redis loses nothing"
            case .everySecond: "append-only file, everysec: a crash of its machine loses about a second"
            case .whenever: "append-only file, flushed when the system likes: a crash loses some seconds"
            }
        let copies = "replicas: \(connectedReplicas) connected, \(confirmingReplicas) must confirm heartbeats"
        return "\(disk); \(copies)"
    }
}
