internal import NodeConfiguration
internal import RedisActorStore

extension Check {
    /// Keys among the cluster's that hold something else.
    static let keys = Check.redis("keys") { redis, facts in
        var verdicts: [Verdict] = []
        if let type = facts.cluster?.last.keyType, type != "hash", type != "none" {
            verdicts.append(
                .error(
                    "The key of the membership holds a \(type).",
                    why: "No node can get a session. No node overwrites the key.",
                    mend:
                        "Find out who writes it, then remove it: DEL \(facts.node.settings.cluster.name):nodes. Or "
                        + "choose another cluster-name."
                )
            )
        }
        guard let keys = redis.keys else { return verdicts }
        let nodes = "\(facts.node.settings.cluster.name):nodes"
        for stray in keys.strays where stray.example != nodes || stray.count > 1 {
            verdicts.append(
                .warning(
                    "\(Words.count(stray.count, "key")) in the cluster's name space "
                        + "\(stray.count == 1 ? "holds" : "hold") a \(stray.type), such as \(stray.example).",
                    why:
                        "Something else writes under the cluster's name. A cart with the id of such a key cannot be used.",
                    mend: "Give the other program another prefix, or this cluster another cluster-name."
                )
            )
        }
        if verdicts.isEmpty {
            let all = keys.isComplete ? "all" : "the first"
            verdicts.append(.ok("Of the cluster's keys, \(all) \(keys.examined) have the right type."))
        }
        return verdicts
    }
}
