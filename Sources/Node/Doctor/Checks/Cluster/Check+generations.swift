internal import NodeConfiguration
internal import Ownership
internal import RedisActorStore

extension Check {
    /// Nodes that have not finished with a loss of Redis's data.
    static let generations = Check.cluster("generations") { cluster, facts in
        guard cluster.last.keyType == "hash" else { return [] }
        if cluster.first.generation != cluster.last.generation {
            return [
                .error(
                    "The generation of Redis's data changed during the examination.",
                    why:
                        "Redis was restarted, failed over or was emptied: it may have lost carts that were not live.",
                    mend: "Look into Redis's log. The nodes write back what they hold."
                )
            ]
        }
        let current = cluster.last.generation.description
        let behind = cluster.live.filter { $0.settled != current }
        guard !behind.isEmpty else { return [] }
        let delay = facts.node.lease.takeoverDelay
        return [
            .warning(
                "\(Words.count(behind.count, "node")) "
                    + "\(behind.count == 1 ? "has" : "have") not settled the present generation of Redis's data: "
                    + "\(Words.list(behind.map(\.label))).",
                why:
                    "Redis lost data or was restarted. Carts that are not live anywhere wait, \(Words.duration(delay)) at "
                    + "most; a node that has just started waits as well.",
                mend:
                    "Examine again after \(Words.duration(delay)). If it stays, look into the node's log for its sweep."
            )
        ]
    }
}
