internal import NodeConfiguration
internal import Ownership

extension Check {
    /// Differences between the leases of the nodes.
    static let leases = Check.cluster("leases") { cluster, facts in
        let own = facts.node.settings.lease.length
        let others = cluster.live.filter { $0.lease != nil && $0.lease != own }
        guard !others.isEmpty else { return [] }
        let words = others.map { "\($0.label) \(Words.duration($0.lease ?? own))" }
        return [
            .warning(
                "Leases differ: the settings here say \(Words.duration(own)); \(Words.list(words.sorted(), atMost: 10)).",
                why:
                    "The longest one counts wherever a node waits for another's end. A node that joins after Redis lost its "
                    + "data does not know the leases of those that are cut off.",
                mend: "Set the same lease-length on all nodes, and give the doctor the nodes' settings."
            )
        ]
    }
}
