internal import NodeConfiguration

extension Check {
    /// The most that a fail-over takes beyond the node timeout, and the age of the last probe before it.
    private static let failover: Duration = .seconds(3)

    /// Finds slots that no server of a Redis Cluster serves, and leases that a fail-over outlasts.
    static let shards = Check("shards") { facts in
        guard let shards = facts.shards, let redis = facts.redis else { return [] }
        let servers = [redis] + shards.others
        let verdicts =
            coverage(shards) + promotion(shards, servers) + answers(servers) + lease(facts, servers)
        guard verdicts.isEmpty else { return verdicts }
        return [
            .ok(
                "\(shards.primaries) primaries serve all slots, and a lease is longer than a fail-over."
            )
        ]
    }

    private static func coverage(_ shards: ShardFacts) -> [Verdict] {
        var verdicts: [Verdict] = []
        if shards.unservedSlots > 0 {
            verdicts.append(
                .error(
                    "No server of the Redis Cluster serves \(shards.unservedSlots) of the slots.",
                    why: "Carts in these slots can neither be read nor changed.",
                    mend: "Start the missing servers, or redis-cli --cluster fix."
                )
            )
        }
        if !shards.unreachable.isEmpty {
            verdicts.append(
                .error(
                    "These primaries cannot be reached: \(Words.list(shards.unreachable, atMost: 4)).",
                    why: "A node needs a connection to each: the address that a server announces must be "
                        + "reachable for nodes.",
                    mend: "Start them, or set cluster-announce-ip, cluster-announce-port or "
                        + "cluster-announce-hostname."
                )
            )
        }
        return verdicts
    }

    private static func promotion(_ shards: ShardFacts, _ servers: [RedisFacts]) -> [Verdict] {
        var verdicts: [Verdict] = []
        if shards.primaries < 3 {
            verdicts.append(
                .warning(
                    "The Redis Cluster has \(shards.primaries) primaries with slots.",
                    why: "Without one of them there is no majority: nobody promotes a replica.",
                    mend: "Use three primaries or more."
                )
            )
        }
        let alone = servers.filter { !$0.info.isEmpty && $0.connectedReplicas == 0 }
        if !alone.isEmpty {
            verdicts.append(
                .warning(
                    "These primaries have no replica: "
                        + "\(Words.list(alone.map(\.server.address), atMost: 4)).",
                    why: "When one of them is lost, its carts cannot be used, and those that are not live "
                        + "are lost with its disk.",
                    mend: "Add a replica to each."
                )
            )
        }
        return verdicts
    }

    private static func answers(_ servers: [RedisFacts]) -> [Verdict] {
        var verdicts: [Verdict] = []
        if servers.contains(where: { $0.settings["cluster-allow-reads-when-down"] == "yes" }) {
            verdicts.append(
                .error(
                    "cluster-allow-reads-when-down is yes.",
                    why: "A server that is cut off from the others would answer on. Nodes refuse to start.",
                    mend: "CONFIG SET cluster-allow-reads-when-down no on all servers, and in their files."
                )
            )
        }
        if servers.contains(where: { $0.settings["cluster-require-full-coverage"] == "yes" }) {
            verdicts.append(
                .warning(
                    "cluster-require-full-coverage is yes.",
                    why: "While one slot has no server, all carts stop.",
                    mend: "CONFIG SET cluster-require-full-coverage no on all servers, and in their files."
                )
            )
        }
        return verdicts
    }

    private static func lease(_ facts: Facts, _ servers: [RedisFacts]) -> [Verdict] {
        guard let milliseconds = servers.compactMap({ $0.numericSetting("cluster-node-timeout") }).max()
        else {
            return []
        }
        let nodeTimeout = Duration.milliseconds(milliseconds)
        let lease = facts.node.settings.lease
        let least = nodeTimeout + failover + lease.margin
        guard lease.length <= least else { return [] }
        let (length, timeout) = (Words.duration(lease.length), Words.duration(nodeTimeout))
        return [
            .warning(
                "lease-length is \(length), and cluster-node-timeout \(timeout).",
                why: "A lease is shorter than a fail-over: all sessions end when the server of the sessions "
                    + "fails, and live carts with them.",
                mend: "Set lease-length to more than \(Words.duration(least)) on all nodes, or lower "
                    + "cluster-node-timeout."
            )
        ]
    }
}
