package import ActorRuntime
internal import RedisClient

/// The names of a cluster's keys in Redis.
package struct RedisKeys: Sendable, Hashable {
    /// A hash: each session's entry by its id, and `gen`, the random id of this data set.
    package let nodes: String
    /// The part before an actor's id in the name of its record.
    private let recordHead: String
    private static let recordTail = "}"

    package init(cluster: ClusterName) {
        nodes = "\(cluster):nodes"
        recordHead = "\(cluster):{"
    }

    /// The key on a server of a Redis Cluster that holds the random id of the server's data set, as `gen` in `nodes`
    /// does on a single server. It is in a slot that the server serves.
    ///
    /// - Parameter tag: a text of that slot (`HashSlot.tag`); empty for a server without slots.
    package func marker(_ tag: String) -> String { tag.isEmpty ? Self.noMarker : recordHead + tag + "}:gen" }

    /// Stands for no marker: a server without slots has no data.
    static let noMarker = "-"

    /// A hash for each actor. The braces keep everything of an actor on one shard of a Redis Cluster.
    package func actor(_ id: ActorID) -> String {
        // An interpolation costs several times as much.
        var key = recordHead
        key.reserveCapacity(key.utf8.count + id.rawValue.utf8.count + 1)
        key += id.rawValue
        key += Self.recordTail
        return key
    }

    /// Appends the name of an actor's record to a command.
    func append(_ id: ActorID, to command: inout RedisCommandWriter) {
        command.append(id.rawValue, after: recordHead, before: Self.recordTail)
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
