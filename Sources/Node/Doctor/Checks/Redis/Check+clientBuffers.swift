extension Check {
    /// The bytes of replies after which Redis closes a connection.
    static let clientBuffers = Check.redis("client-buffers") { redis, _ in
        var verdicts: [Verdict] = []
        let classes = bufferLimits(redis.settings["client-output-buffer-limit"] ?? "")
        if let limit = classes["normal"], limit > 0, limit < 64 << 20 {
            verdicts.append(
                .warning(
                    "Redis closes a connection with \(Words.bytes(limit)) of replies (client-output-buffer-limit normal).",
                    why:
                        "Nodes read many carts at once after a restart of Redis, and lose the connection then.",
                    mend: "CONFIG SET client-output-buffer-limit \"normal 0 0 0\""
                )
            )
        }
        if let limit = classes["pubsub"], limit > 0, limit < 1 << 20 {
            verdicts.append(
                .warning(
                    "Redis closes a subscriber with \(Words.bytes(limit)) of messages (client-output-buffer-limit pubsub).",
                    why: "Streams then show changes seconds late.",
                    mend: "CONFIG SET client-output-buffer-limit \"pubsub 32mb 8mb 60\""
                )
            )
        }
        if let limit = redis.settings["maxmemory-clients"], limit != "0" {
            verdicts.append(
                .note(
                    "Redis closes connections whose buffers together need more than \(limit) (maxmemory-clients).",
                    why: "It chooses the largest, which may be a node's.",
                    mend: "CONFIG SET maxmemory-clients 0, or CLIENT NO-EVICT for the nodes' connections."
                )
            )
        }
        return verdicts
    }

    /// The hard limits by class, bytes: `normal 0 0 0 slave 268435456 67108864 60 pubsub …`.
    private static func bufferLimits(_ text: String) -> [String: Int64] {
        let words = text.split(separator: " ").map(String.init)
        let groups = stride(from: 0, to: words.count - words.count % 4, by: 4)
        let pairs = groups.compactMap { at in Int64(words[at + 1]).map { (words[at], $0) } }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}
