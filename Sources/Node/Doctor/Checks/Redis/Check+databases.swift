internal import NodeConfiguration

extension Check {
    /// Clusters of the same name in other databases.
    static let databases = Check.redis("databases") { redis, facts in
        guard !redis.namesakes.isEmpty else { return [] }
        let names = redis.namesakes.map { "\($0)" }.joined(separator: ", ")
        return [
            .note(
                "There is a cluster \(facts.node.settings.cluster.name) in database \(names) too.",
                why: "It has other carts. A node whose redis-url names that database serves those.",
                mend: "Give each cluster a name of its own, unless this is intended."
            )
        ]
    }
}
