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

    /// The channel of an actor's versions: the key and the suffix of the database.
    func channel(_ id: ActorID, inDatabase database: Int) -> String {
        actor(id) + Self.channelSuffix(ofDatabase: database)
    }

    /// Distinguishes the channels of a database. Redis has one set of keys for each database, and one set of
    /// channels for all of them.
    static func channelSuffix(ofDatabase database: Int) -> String {
        database == 0 ? "" : "@\(database)"
    }
}
