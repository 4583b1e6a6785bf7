internal import Ownership
package import RedisClient

/// Reads what an operator wants to know of a cluster on Redis. Changes no key.
package struct RedisSurvey: Sendable {
    private let client: RedisClient
    private let keys: RedisKeys
    private let rights: RedisRights
    /// Matches every key of the cluster, in the syntax of `SCAN`. A cluster's name has no special characters.
    package let keyPattern: String

    /// - Parameters:
    ///   - replicas: the number of replicas that have to confirm heartbeats.
    ///   - inCluster: true for a server of a Redis Cluster.
    package init(client: RedisClient, cluster: ClusterName, replicas: Int, inCluster: Bool = false) {
        self.client = client
        keys = RedisKeys(cluster: cluster)
        rights = RedisRights(cluster: cluster, replicas: replicas, inCluster: inCluster)
        keyPattern = "\(cluster):*"
    }

    /// The key of the membership.
    package var nodes: String { keys.nodes }

    /// The slot of the membership.
    package var membershipSlot: UInt16 { HashSlot.of(key: nodes.utf8) }

    /// The rights of a node that the client's user does not have, each as a command with its key.
    package func missingRights() async throws(RedisError) -> [String] {
        try await rights.missing(from: client)
    }

    /// Reads the membership by a script that does what a heartbeat does, except for its write.
    package func membership() async throws(RedisError) -> MembershipReading {
        try MembershipReading(try await client.call(Self.script, keys: [nodes]))
    }

    /// Answers the key's type, Redis's time, the generation's parts, and the fields.
    private static let script = RedisScript(
        name: "survey",
        source: LuaFragments.readsOnly + LuaFragments.lives + """
            local kind = redis.call('TYPE', KEYS[1]).ok
            local time = redis.call('TIME')
            local run, replication = lives()
            local fields, gen = {}, ''
            if kind == 'hash' then
              fields = redis.call('HGETALL', KEYS[1])
              gen = redis.call('HGET', KEYS[1], 'gen') or ''
            end
            return {kind, time[1], time[2], gen, run, replication, fields}
            """
    )
}
