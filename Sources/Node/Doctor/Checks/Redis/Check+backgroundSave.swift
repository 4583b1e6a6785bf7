extension Check {
    /// Whether Redis can write its files, and what it does when it cannot.
    static let backgroundSave = Check.redis("background-save") { redis, _ in
        var verdicts: [Verdict] = []
        if redis.info["aof_last_write_status"] == "err" {
            verdicts.append(
                .error(
                    "Redis cannot write its append-only file, and refuses every change (MISCONF).",
                    why: "No cart can be changed, and no heartbeat succeeds.",
                    mend: "Look into Redis's log; most often its disk is full. It goes on by itself."
                )
            )
        }
        if redis.info["aof_last_bgrewrite_status"] == "err" {
            verdicts.append(
                .warning(
                    "The last rewrite of Redis's append-only file failed.",
                    why: "The file grows until its disk is full, and then Redis refuses every change.",
                    mend: "Look into Redis's log for the cause; then run BGREWRITEAOF."
                )
            )
        }
        verdicts += snapshots(redis)
        let writes = redis.appendsToFile == true || redis.savesSnapshots == true
        return verdicts.isEmpty && writes ? [.ok("Redis could write its files.")] : verdicts
    }

    private static func snapshots(_ redis: RedisFacts) -> [Verdict] {
        let failed = redis.info["rdb_last_bgsave_status"] == "err"
        // By default Redis saves, and stops after a failure.
        let stops = redis.settings["stop-writes-on-bgsave-error"].map { $0 == "yes" }
        let saves = redis.savesSnapshots
        let mend =
            "CONFIG SET stop-writes-on-bgsave-error no, or CONFIG SET save \"\" where the append-only file is enough."
        if failed, stops ?? true, saves ?? true {
            return [
                .error(
                    "Redis's last background save failed, and it refuses every change (MISCONF).",
                    why: "No cart can be changed, and no heartbeat succeeds, until a save succeeds.",
                    mend: "Look into Redis's log for the cause. To go on before: " + mend
                )
            ]
        }
        guard stops == true, saves == true else { return [] }
        return [
            .warning(
                "Redis would refuse every change after a failed background save (stop-writes-on-bgsave-error yes).",
                why: "A full disk would then stop all carts, not only the snapshots.",
                mend: mend
            )
        ]
    }
}
