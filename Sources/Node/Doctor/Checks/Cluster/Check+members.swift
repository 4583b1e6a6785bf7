internal import Ownership
internal import RedisActorStore

extension Check {
    /// The sessions of the cluster, and those that nobody hears of.
    static let members = Check.cluster("members") { cluster, _ in
        guard cluster.last.keyType == "hash" else {
            guard cluster.last.keyType == "none" else { return [] }
            return [
                .note(
                    "No node has ever had a session here.",
                    why:
                        "The cluster is new, or Redis was emptied, or its nodes use another server, database or name.",
                    mend: "If there are nodes, compare their redis-url and cluster-name with the doctor's."
                )
            ]
        }
        var verdicts: [Verdict] = []
        if !cluster.silent.isEmpty {
            verdicts.append(
                .note(
                    "\(Words.count(cluster.silent.count, "session")) sent no heartbeat for "
                        + "\(Words.duration(cluster.pause)): \(Words.list(cluster.silent.map(\.label))).",
                    why: "Its node has died, or is cut off from Redis. Its carts wait for the lease.",
                    mend:
                        "Nothing, if nodes were stopped or killed: the others write its tombstone within a lease. "
                        + "Otherwise look into the node's log."
                )
            )
        }
        if cluster.last.unknownFields > 0 {
            verdicts.append(
                .warning(
                    "\(Words.count(cluster.last.unknownFields, "field")) of the membership cannot be read.",
                    why:
                        "Somebody else writes there, or a version of the node that this one does not know. A session with "
                        + "such an entry ends.",
                    mend: "HGETALL the key of the membership, and remove with HDEL what is no session's."
                )
            )
        }
        let live = Words.count(cluster.live.count, "node")
        return verdicts + [.ok("\(live) sent heartbeats: \(names(cluster.live)).")]
    }

    private static func names(_ members: [Member]) -> String {
        members.isEmpty ? "none" : Words.list(members.map(\.label).sorted(), atMost: 10)
    }
}
