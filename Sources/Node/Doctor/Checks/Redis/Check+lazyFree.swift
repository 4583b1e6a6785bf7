extension Check {
    /// Whether Redis frees what is deleted in the background.
    static let lazyFree = Check.redis("lazy-free") { redis, _ in
        let names = ["lazyfree-lazy-expire", "lazyfree-lazy-user-del"]
        let off = names.filter { redis.settings[$0] == "no" }
        let pending = redis.number("lazyfree_pending_objects") ?? 0
        if pending > 100_000 {
            return [
                .note(
                    "Redis has \(pending) deleted values to free in the background.",
                    why: "Their memory counts until then.",
                    mend: "Wait; if the number grows, Redis's machine lacks processor time."
                )
            ]
        }
        guard !off.isEmpty, let keys = databaseKeys(redis), keys > 100_000 else { return [] }
        return [
            .note(
                "Redis frees what expires or is deleted at once (\(off.map { $0 + " no" }.joined(separator: ", "))).",
                why: "With \(keys) keys, many carts that expire together delay heartbeats and changes.",
                mend: off.map { "CONFIG SET \($0) yes" }.joined(separator: "; ")
            )
        ]
    }

    /// The number of keys in the database in use: `db0:keys=3,expires=3,avg_ttl=0`.
    private static func databaseKeys(_ redis: RedisFacts) -> Int64? {
        guard let text = redis.info["db\(redis.server.database)"] else { return nil }
        let part = text.split(separator: ",").first { $0.hasPrefix("keys=") }
        return part.flatMap { Int64($0.dropFirst("keys=".count)) }
    }
}
