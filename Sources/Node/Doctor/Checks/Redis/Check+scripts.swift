internal import NodeConfiguration
internal import Ownership

extension Check {
    /// What happens when a script hangs: somebody else's, since those of nodes end.
    static let scripts = Check.redis("scripts") { redis, facts in
        if redis.refusals.contains(where: { $0.reason.hasPrefix("BUSY") }) {
            return [
                .error(
                    "A script keeps Redis busy, and nothing else is answered.",
                    why: "No heartbeat succeeds. After a lease, nodes drop what they own.",
                    mend: "SCRIPT KILL, or FUNCTION KILL. SLOWLOG GET names the script afterwards."
                )
            ]
        }
        let name = redis.settings["busy-reply-threshold"] == nil ? "lua-time-limit" : "busy-reply-threshold"
        guard let threshold = redis.numericSetting(name) else { return [] }
        let right = facts.node.lease.right
        if threshold <= 0 {
            return [
                .warning(
                    "Redis never says that a script hangs (\(name) \(threshold)).",
                    why: "A script that hangs cannot be killed then: only a restart of Redis ends it.",
                    mend: "CONFIG SET \(name) 1000"
                )
            ]
        }
        guard .milliseconds(threshold) >= right else {
            return [.ok("Redis says after \(Words.duration(.milliseconds(threshold))) that a script hangs.")]
        }
        return [
            .note(
                "Redis says only after \(Words.duration(.milliseconds(threshold))) that a script hangs (\(name)), and the "
                    + "right of a heartbeat lasts \(Words.duration(right)).",
                why: "Until then it accepts no SCRIPT KILL, and every node has lost its carts.",
                mend: "CONFIG SET \(name) 1000"
            )
        ]
    }
}
