internal import NodeConfiguration

extension Check {
    /// Whether there are replicas, and whether nodes wait for them.
    static let replicas = Check.redis("replicas") { redis, facts in
        // In a Redis Cluster the primaries confirm each other, and `shards` counts the replicas.
        guard !redis.info.isEmpty, facts.shards == nil else { return [] }
        let (connected, wanted) = (redis.connectedReplicas, Int64(facts.node.settings.redis.replicas))
        if connected < wanted {
            return [
                .error(
                    "Nodes wait for \(Words.count(wanted, "replica")) (redis-replicas), and Redis has \(connected).",
                    why:
                        "No heartbeat extends a lease until as many replicas confirm it: nodes are not ready.",
                    mend: "Connect the replicas, or lower redis-replicas on all nodes."
                )
            ]
        }
        if connected == 0 {
            return [
                .note(
                    "Redis has no replica.",
                    why:
                        "While Redis is away, live carts are read until the lease ends, and nothing is changed. A lost "
                        + "disk loses all carts that are not live.",
                    mend: "Add a replica for a quick replacement, and back up Redis's files."
                )
            ]
        }
        if wanted == 0 {
            return [
                .note(
                    "Redis has \(Words.count(connected, "replica")), and nodes do not wait for any (redis-replicas 0).",
                    why: "After a failover, the promoted replica lacks the changes that it had not received.",
                    mend:
                        "Set redis-replicas on all nodes; then a lease is extended only if the replicas follow."
                )
            ]
        }
        return [.ok("Redis has \(Words.count(connected, "replica")), and nodes wait for \(wanted).")]
    }
}
