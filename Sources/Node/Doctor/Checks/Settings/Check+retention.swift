internal import NodeConfiguration

extension Check {
    /// The times for which Redis keeps what nobody uses.
    static let retention = Check.settings("retention") { node in
        let settings = node.settings
        guard settings.redis.tombstoneRetention > settings.redis.retention else { return [] }
        return [
            .note(
                "Deleted carts are kept longer (tombstone-retention \(Words.duration(settings.redis.tombstoneRetention))) "
                    + "than unused ones (retention \(Words.duration(settings.redis.retention))).",
                why: "The remains of what was deleted take memory for longer than what is there.",
                mend: "Lower tombstone-retention, unless it was meant so."
            )
        ]
    }
}
