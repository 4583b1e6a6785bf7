extension Check {
    /// The number of replicas without which Redis refuses changes.
    static let minReplicas = Check.redis("min-replicas") { redis, _ in
        let name =
            redis.settings["min-replicas-to-write"] == nil ? "min-slaves-to-write" : "min-replicas-to-write"
        guard let least = redis.numericSetting(name), least > 0 else { return [] }
        let good = redis.number("min_slaves_good_slaves") ?? redis.connectedReplicas
        let why = "Below that number Redis refuses every change (NOREPLICAS), heartbeats included."
        if good < least {
            return [
                .error(
                    "Redis wants \(Words.count(least, "replica")) (\(name)), and \(good) follow.",
                    why: why,
                    mend: "Connect the replicas, or CONFIG SET \(name) 0."
                )
            ]
        }
        if good == least {
            return [
                .warning(
                    "Redis wants \(Words.count(least, "replica")) (\(name)), and no more than those follow.",
                    why: why + " The loss of one replica stops all carts.",
                    mend: "Add a replica, or lower \(name)."
                )
            ]
        }
        return [.ok("Redis wants \(Words.count(least, "replica")) (\(name)), and \(good) follow.")]
    }
}
