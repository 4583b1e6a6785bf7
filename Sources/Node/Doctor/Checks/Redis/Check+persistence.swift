extension Check {
    /// What a failure of Redis costs of the carts that are live nowhere.
    static let persistence = Check.redis("persistence") { redis, _ in
        guard let appends = redis.appendsToFile else { return [] }
        guard appends else { return [withoutFile(redis)] }
        var verdicts = [appending(redis.settings["appendfsync"])].compactMap { $0 }
        if redis.settings["no-appendfsync-on-rewrite"] == "yes" {
            verdicts.append(
                .warning(
                    "Redis does not flush its file while it rewrites it (no-appendfsync-on-rewrite yes).",
                    why: "A power failure in that time costs up to half a minute of acknowledged changes.",
                    mend: "CONFIG SET no-appendfsync-on-rewrite no"
                )
            )
        }
        return verdicts
    }

    private static func withoutFile(_ redis: RedisFacts) -> Verdict {
        let mend = "CONFIG SET appendonly yes, and the same in Redis's configuration file."
        guard redis.savesSnapshots == true else {
            return .warning(
                "Redis stores nothing on disk that is up to date (appendonly no).",
                why: "A restart of Redis loses every cart that is not live on a node at that moment.",
                mend: mend
            )
        }
        return .warning(
            "Redis stores snapshots only (appendonly no, save \(redis.settings["save"] ?? "")).",
            why:
                "A restart of Redis after a crash loses all changes since the last snapshot, often minutes, of carts "
                + "that are not live on a node at that moment.",
            mend: mend
        )
    }

    private static func appending(_ flush: String?) -> Verdict? {
        switch flush {
        case "always":
            .ok("Redis flushes each change before it answers: a crash loses no acknowledged change.")
        case "everysec":
            .ok(
                "Redis flushes its file every second: a crash of its process loses up to a second of changes, "
                    + "a power failure up to two."
            )
        case nil: nil
        case let flush?:
            .warning(
                "Redis leaves it to the kernel when its file is flushed (appendfsync \(flush)).",
                why: "A power failure loses up to half a minute of acknowledged changes.",
                mend: "CONFIG SET appendfsync everysec, or always if no acknowledged change may be lost."
            )
        }
    }
}
