internal import ActorRuntime

/// Where things lie in Redis.
struct RedisKeys: Sendable, Hashable {
    let cluster: ClusterName

    /// One hash: each session's entry by its id, and `gen`, the random id of this data set.
    var nodes: String { "\(cluster):nodes" }

    /// One hash per actor. The braces keep all that ever belongs to an actor on one shard of a Redis Cluster.
    func actor(_ id: ActorID) -> String { "\(cluster):{\(id)}" }
}
