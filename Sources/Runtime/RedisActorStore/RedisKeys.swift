internal import ActorRuntime

/// The names of a cluster's keys in Redis.
struct RedisKeys: Sendable, Hashable {
    let cluster: ClusterName

    /// A hash: each session's entry by its id, and `gen`, the random id of this data set.
    var nodes: String { "\(cluster):nodes" }

    /// A hash for each actor. The braces keep everything of an actor on one shard of a Redis Cluster.
    func actor(_ id: ActorID) -> String { "\(cluster):{\(id)}" }
}
