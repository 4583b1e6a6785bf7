internal import NodeConfiguration
internal import Ownership

extension Check {
    /// The time that a heartbeat takes, against the lease that it extends.
    static let latency = Check.redis("latency") { redis, facts in
        guard let median = redis.latency(within: 0.5), let worst = redis.latency(within: 0.99) else {
            return []
        }
        let (lease, patience) = (facts.node.lease, facts.node.settings.redis.commandTimeout)
        let words =
            "Commands like a heartbeat take \(Words.duration(median)) (median) and \(Words.duration(worst)) (p99) "
            + "of \(redis.latencies.count)"
        let mend =
            "Bring Redis nearer to the nodes, look into SLOWLOG GET and LATENCY LATEST, or lengthen the lease."
        if worst >= patience || worst >= lease.right / 2 {
            return [
                .error(
                    "\(words), and the right that each gives lasts \(Words.duration(lease.right)).",
                    why:
                        "A node whose heartbeats are answered too late loses its carts to others, again and again.",
                    mend: mend
                )
            ]
        }
        if worst >= lease.heartbeatInterval {
            return [
                .warning(
                    "\(words): more than the time between two heartbeats, \(Words.duration(lease.heartbeatInterval)).",
                    why: "Heartbeats come late, and each change of a cart waits as long.",
                    mend: mend
                )
            ]
        }
        if median >= .milliseconds(10) {
            return [
                .note(
                    "\(words).",
                    why: "Each change of a cart waits for Redis once, and each restore of a cart too.",
                    mend: mend
                )
            ]
        }
        return [.ok("\(words); the right that each gives lasts \(Words.duration(lease.right)).")]
    }
}
