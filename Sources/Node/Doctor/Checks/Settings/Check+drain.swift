internal import NodeConfiguration

extension Check {
    /// The time for a drain against what it has to do.
    static let drain = Check.settings("drain") { node in
        let (shutdown, lease) = (node.settings.shutdown, node.settings.lease.length)
        let tail = lease + .seconds(7)
        var verdicts: [Verdict] = []
        if shutdown.drainBudget < tail * 2 {
            verdicts.append(
                .warning(
                    "A drain has \(Words.duration(shutdown.drainBudget)), and its end alone may need "
                        + "\(Words.duration(tail)): a lease and seven seconds.",
                    why:
                        "A node may be killed before it has written its tombstone: its carts wait for the lease.",
                    mend:
                        "Set drain-budget to \(Words.duration(tail * 2)) or more, and the supervisor's patience above it."
                )
            )
        }
        if shutdown.lameDuck * 2 > shutdown.drainBudget {
            verdicts.append(
                .warning(
                    "More than half of drain-budget goes to lame-duck (\(Words.duration(shutdown.lameDuck)) of "
                        + "\(Words.duration(shutdown.drainBudget))).",
                    why: "Little time is left to hand carts over.",
                    mend: "Lower lame-duck to what the load balancer needs to notice, or raise drain-budget."
                )
            )
        }
        return verdicts
    }
}
