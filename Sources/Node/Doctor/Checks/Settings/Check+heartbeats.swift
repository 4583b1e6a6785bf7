internal import NodeConfiguration
internal import Ownership

extension Check {
    /// Heartbeats against the lease.
    static let heartbeats = Check.settings("heartbeats") { node in
        let (lease, patience) = (node.lease, node.settings.redis.commandTimeout)
        var verdicts: [Verdict] = []
        if lease.heartbeatInterval * 3 > lease.right {
            verdicts.append(
                .warning(
                    "Less than three heartbeats (\(Words.duration(lease.heartbeatInterval)) apart) fit into the right of "
                        + "one (\(Words.duration(lease.right))).",
                    why: "One lost packet or one pause of Redis may cost a node all its carts.",
                    mend: "Lower heartbeat-interval to a tenth of lease-length."
                )
            )
        }
        if patience + lease.heartbeatInterval > lease.right {
            verdicts.append(
                .warning(
                    "A heartbeat that is not answered leaves no time for another (redis-command-timeout "
                        + "\(Words.duration(patience)), right \(Words.duration(lease.right))).",
                    why: "One lost answer ends the session.",
                    mend: "Lower redis-command-timeout, or lengthen lease-length on all nodes."
                )
            )
        }
        if lease.margin * 100 < lease.length {
            verdicts.append(
                .warning(
                    "The margin (\(Words.duration(lease.margin))) is less than a hundredth of the lease "
                        + "(\(Words.duration(lease.length))).",
                    why:
                        "Two clocks that run more unequally than that let a node read carts that another has taken over.",
                    mend: "Set lease-margin to a tenth of lease-length."
                )
            )
        }
        return verdicts
    }
}
