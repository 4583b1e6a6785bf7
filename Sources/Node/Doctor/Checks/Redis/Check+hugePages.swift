extension Check {
    /// Huge pages make each copy after a fork 512 times larger.
    static let hugePages = Check.redis("huge-pages") { redis, facts in
        guard redis.settings["disable-thp"] == "no" else { return [] }
        let mend = "Set disable-thp yes in Redis's configuration file, which takes effect when it is started."
        let why =
            "After a fork each change copies 2 MiB: Redis stands still for moments, and needs more memory."
        guard redis.server.isLocal, facts.node.forcesHugePages == true else {
            return [
                .note(
                    "Redis does not switch huge pages off for itself (disable-thp no).",
                    why: why,
                    mend: mend
                )
            ]
        }
        return [
            .warning(
                "Redis uses transparent huge pages (disable-thp no, and the kernel says always).",
                why: why,
                mend: mend
            )
        ]
    }
}
