internal import Ownership

extension Check {
    /// Differences between the programs of the nodes.
    static let builds = Check.cluster("builds") { cluster, facts in
        let builds = Set(cluster.live.map(\.card.build)).union([facts.node.build])
        guard builds.count > 1 else { return [] }
        let words = cluster.live.map { "\($0.label) \($0.card.build.isEmpty ? "unknown" : $0.card.build)" }
        return [
            .note(
                "Not all have this program's version, \(facts.node.build): \(Words.list(words.sorted(), atMost: 10)).",
                why: "Two successive versions can share a cluster, during a deployment.",
                mend: "Finish the deployment. Run the doctor of the nodes' version for its own checks."
            )
        ]
    }
}
