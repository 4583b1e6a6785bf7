import NodeConfiguration
import RedisActorStore
import RedisClient
import Timing

/// The result of a check of all servers that a node uses.
enum RedisAdmission: Sendable {
    /// - `server`: names the servers for the log.
    /// - `nodeTimeout`: that of a Redis Cluster, as far as all servers tell it.
    case admitted(DurabilityTier, server: String, nodeTimeout: Duration?, warnings: [String])
    case refused(UnfitRedis)

    /// Asks each server.
    static func check(
        _ servers: RedisServers,
        cluster: ClusterName,
        settings: NodeSettings
    ) async throws(RedisError) -> RedisAdmission {
        switch servers {
        case .one(let client):
            let replicas = settings.redis.replicas
            switch try await RedisCompatibility.check(client, cluster: cluster, replicas: replicas) {
            case .refused(let reason): return .refused(UnfitRedis(reason: reason))
            case .admitted(let tier, let product, let warnings):
                return .admitted(tier, server: product, nodeTimeout: nil, warnings: warnings)
            }
        case .cluster(let client):
            switch try await ClusterCompatibility.check(client, cluster: cluster) {
            case .refused(let reason, let server):
                return .refused(UnfitRedis(reason: reason, server: server))
            case .admitted(let tier, let nodeTimeout, let warnings):
                let doubt = LeaseDoubt(settings.lease, nodeTimeout: nodeTimeout)
                return .admitted(
                    tier,
                    server: "Redis Cluster of \(client.topology.primaries.count) primaries",
                    nodeTimeout: nodeTimeout,
                    warnings: warnings + (doubt.map { [$0.description] } ?? [])
                )
            }
        }
    }
}

/// A server that a node cannot use.
struct UnfitRedis: Error, Sendable, CustomStringConvertible {
    let reason: RedisCompatibility.Incompatibility
    /// Its address; nil for a single one.
    var server: String?

    var description: String { server.map { "\($0): \(reason)" } ?? "\(reason)" }
}

/// A lease that does not fit a Redis Cluster: sessions would end in each fail-over of their server.
struct LeaseDoubt: Sendable, CustomStringConvertible {
    let description: String

    /// The time that a fail-over takes beyond the node timeout: two seconds for the vote, the promotion, and until it is
    /// known. The last probe before it was answered may be a second older than it.
    static let failover: Duration = .seconds(3)

    /// Nil for a lease that fits.
    ///
    /// - Parameter nodeTimeout: nil if the servers do not tell it.
    init?(_ lease: NodeSettings.LeaseSettings, nodeTimeout: Duration?) {
        guard let nodeTimeout else {
            description =
                "the servers do not tell cluster-node-timeout (CONFIG GET): nodes take it for 15s; a longer one would "
                + "endanger the carts"
            return
        }
        let least = nodeTimeout + Self.failover + lease.margin
        guard lease.length <= least else { return nil }
        description =
            "lease-length \(DurationText.format(lease.length)) is shorter than a fail-over: all sessions end when the "
            + "server of the sessions fails; with cluster-node-timeout \(DurationText.format(nodeTimeout)) set "
            + "more than \(DurationText.format(least)) on all nodes"
    }
}
