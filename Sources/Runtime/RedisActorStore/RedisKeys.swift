internal import ActorRuntime

/// The names of a cluster's keys in Redis.
struct RedisKeys: Sendable, Hashable {
    let cluster: ClusterName

    /// A hash: each session's entry by its id, and `gen`, the random id of this data set.
    var nodes: String { "\(cluster):nodes" }

    /// A hash for each actor. The braces keep everything of an actor on one shard of a Redis Cluster.
    func actor(_ id: ActorID) -> String {
        // Every command needs one, and an interpolation costs several times as much.
        var key = cluster.rawValue
        key.reserveCapacity(key.utf8.count + id.rawValue.utf8.count + 3)
        key += ":{"
        key += id.rawValue
        key += "}"
        return key
    }
}
