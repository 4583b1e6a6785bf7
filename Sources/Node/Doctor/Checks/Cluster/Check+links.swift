internal import Ownership

extension Check {
    /// The addresses at which nodes reach each other.
    static let links = Check.cluster("links") { cluster, _ in
        let live = cluster.live
        var verdicts: [Verdict] = []
        for (link, members) in Dictionary(grouping: live, by: \.card.link)
        where members.count > 1 && !link.isEmpty {
            verdicts.append(
                .error(
                    "\(Words.list(members.map(\.label).sorted())) advertise the same link, \(link).",
                    why: "Requests for the carts of one reach the other, which refuses them.",
                    mend: "Give each node a link-advertise of its own, which the others can reach."
                )
            )
        }
        let names = Dictionary(grouping: live, by: \.card.name).filter {
            $0.value.count > 1 && !$0.key.isEmpty
        }
        if !names.isEmpty {
            verdicts.append(
                .warning(
                    "Several nodes have the same name: \(Words.list(names.keys.sorted())).",
                    why: "Logs, answers and metrics do not tell which of them acted.",
                    mend: "Give each node a node-name of its own."
                )
            )
        }
        return verdicts + unreachable(live)
    }

    /// Links that only their own machine can reach, beside links of other machines.
    private static func unreachable(_ live: [Member]) -> [Verdict] {
        let lonely = live.filter { ServerFacts.isLoopback(host(of: $0.card.link)) }
        guard !lonely.isEmpty, lonely.count < live.count else { return [] }
        return [
            .error(
                "\(Words.list(lonely.map { "\($0.label) (\($0.card.link))" })) can be reached from its own machine only.",
                why: "Other nodes cannot forward requests to it: its carts fail there.",
                mend:
                    "Set link-advertise to an address that the other nodes can reach, and link-host with it."
            )
        ]
    }

    private static func host(of link: String) -> String {
        let host = link.prefix(upTo: link.lastIndex(of: ":") ?? link.endIndex)
        return host.filter { $0 != "[" && $0 != "]" }
    }
}
