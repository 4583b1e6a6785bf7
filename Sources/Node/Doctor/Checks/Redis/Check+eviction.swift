extension Check {
    /// Whether Redis may drop carts when its memory runs short.
    static let eviction = Check.redis("eviction") { redis, _ in
        guard let policy = redis.info["maxmemory_policy"] else {
            guard !redis.info.isEmpty else { return [] }
            return [
                .error(
                    "The server does not tell its maxmemory-policy.",
                    why: "A node refuses a server that may evict.",
                    mend: "Use Redis or Valkey itself: a proxy or another product may hide the policy."
                )
            ]
        }
        var verdicts: [Verdict] = []
        if policy != "noeviction" {
            verdicts.append(
                .error(
                    "Redis may evict carts (maxmemory-policy \(policy)).",
                    why:
                        "Eviction is silent loss of acknowledged changes. A node refuses to start on such a server.",
                    mend:
                        "CONFIG SET maxmemory-policy noeviction, and the same in Redis's configuration file."
                )
            )
        }
        let evicted = redis.number("evicted_keys") ?? 0
        if evicted > 0 {
            verdicts.append(
                .warning(
                    "Redis has evicted \(Words.count(evicted, "key")) since it was started.",
                    why: "Each may have been a cart, or the membership.",
                    mend: "Set noeviction, and give carts a Redis of their own."
                )
            )
        }
        return verdicts.isEmpty ? [.ok("Redis evicts nothing (noeviction).")] : verdicts
    }
}
