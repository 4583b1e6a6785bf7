internal import RedisActorStore

extension Check {
    /// Tombstones that no node needs any more.
    static let tombstones = Check.cluster("tombstones") { cluster, _ in
        let retention = RedisSessionRegistry.standardTombstoneRetention
        // Nodes remove old ones once an hour.
        let oldest = cluster.last.time / 1_000_000 - (retention + .seconds(2 * 3_600)).components.seconds
        let old = cluster.last.tombstones.count { $0 < oldest }
        let mend = "Nothing, once a node runs. If nodes do run, look into their logs for prune."
        if cluster.last.tombstones.count > tombstoneLimit {
            return [
                .warning(
                    "There are \(cluster.last.tombstones.count) tombstones of sessions.",
                    why: "Each heartbeat reads them all. Nodes keep \(tombstoneLimit) at most.",
                    mend: mend
                )
            ]
        }
        guard old > 0 else { return [] }
        return [
            .note(
                "\(Words.count(old, "tombstone")) should have been removed: older than \(Words.duration(retention)).",
                why: "No node has run for an hour since then, or none may remove them.",
                mend: mend
            )
        ]
    }

    /// The tombstones that nodes keep.
    private static let tombstoneLimit = 256
}
