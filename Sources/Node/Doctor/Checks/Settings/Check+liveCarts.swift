internal import NodeConfiguration

extension Check {
    /// The limit on carts in memory against the memory.
    static let liveCarts = Check.settings("live-carts") { node in
        let limit = node.settings.host.liveCarts
        var verdicts: [Verdict] = []
        if let memory = node.memory, Double(limit) * usualCart > 0.8 * Double(memory) {
            verdicts.append(
                .warning(
                    "\(limit) live carts (live-carts-limit) would need about "
                        + "\(Words.bytes(Int64(Double(limit) * usualCart))), and this machine or container has "
                        + "\(Words.bytes(memory)).",
                    why:
                        "The kernel ends a node that runs out of memory, instead of the node giving up idle carts.",
                    mend:
                        "Lower live-carts-limit to \(Int(0.5 * Double(memory) / usualCart)), or give more memory."
                )
            )
        }
        let shares = [("live-carts-limit", limit), ("restores-limit", node.settings.host.restores)]
        for (name, value) in shares where value < node.loops {
            verdicts.append(
                .warning(
                    "\(name) (\(value)) is less than the number of event loops (\(node.loops)), among which it is shared out.",
                    why: "Each loop takes one at least, so that the limit does not hold.",
                    mend: "Set \(name) to a multiple of \(node.loops)."
                )
            )
        }
        return verdicts
    }

    /// The bytes of a live cart of five lines, as `docs/strategies.md` measures it.
    private static let usualCart = 1_800.0
}
