extension Check {
    /// The memory that Redis may still take.
    static let memory = Check.redis("memory") { redis, _ in
        guard let used = redis.number("used_memory"), used >= 0 else { return [] }
        if let limit = redis.number("maxmemory"), limit > 0 {
            return [withLimit(limit, used: used, redis)]
        }
        guard let machine = redis.number("total_system_memory"), machine > 0 else { return [] }
        let (share, words) = (
            Double(used) / Double(machine), "\(Words.bytes(used)) of its machine's \(Words.bytes(machine))"
        )
        if share > 0.75 {
            return [
                .warning(
                    "Redis has no limit of memory, and uses \(words).",
                    why:
                        "The kernel ends Redis when the memory runs out. A background save may need as much again.",
                    mend:
                        "Set maxmemory to about 60 % of the machine's memory, and add memory before it is reached."
                )
            ]
        }
        return [
            .note(
                "Redis has no limit of memory (maxmemory 0), and uses \(words).",
                why: "With a limit, Redis refuses new data and goes on. Without one, the kernel ends Redis.",
                mend: "Set maxmemory to about 60 % of the machine's memory."
            )
        ]
    }

    private static func withLimit(_ limit: Int64, used: Int64, _ redis: RedisFacts) -> Verdict {
        let words = "\(Words.bytes(used)) of \(Words.bytes(limit))"
        let why = "At its limit Redis takes no new data: no new carts, no new lines (OOM)."
        let mend = "Give Redis more memory and raise maxmemory, or shorten the retention of carts."
        if used >= limit {
            return .error("Redis is full: it uses \(words).", why: why, mend: mend)
        }
        if Double(used) > 0.9 * Double(limit) {
            return .warning("Redis is nearly full: it uses \(words).", why: why, mend: mend)
        }
        guard let left = timeLeft(limit, used: used, redis) else {
            return .ok("Redis uses \(words) of memory.")
        }
        return .warning(
            "Redis uses \(words), and would be full in \(Words.duration(left)) if it went on growing as now.",
            why: why,
            mend: mend
        )
    }

    /// The time until the limit at the present rate, where that is less than a day and the growth is more than
    /// what buffers come and go with.
    private static func timeLeft(_ limit: Int64, used: Int64, _ redis: RedisFacts) -> Duration? {
        guard let later = redis.laterMemory, redis.pause > .zero else { return nil }
        let growth = Double(later) - Double(used)
        guard growth >= 1_048_576 else { return nil }
        let left = redis.pause * ((Double(limit) - Double(later)) / growth)
        return left < .seconds(86_400) ? max(.zero, left) : nil
    }
}
