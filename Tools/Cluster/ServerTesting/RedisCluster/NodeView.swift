/// A node of a cluster as a server of it sees it: a line of `CLUSTER NODES`.
package struct NodeView: Sendable {
    package let id: String
    package let flags: [Substring]
    /// The id of its primary; nil for a primary.
    package let primary: String?
    package let epoch: Int
    package let isLinked: Bool
    package let slots: [ClosedRange<Int>]

    init?(_ line: Substring) {
        let words = line.split(separator: " ")
        guard words.count >= 8, let epoch = Int(words[6]) else { return nil }
        id = String(words[0])
        flags = words[2].split(separator: ",")
        primary = words[3] == "-" ? nil : String(words[3])
        self.epoch = epoch
        isLinked = words[7] == "connected"
        slots = words[8...].compactMap { word in
            let ends = word.split(separator: "-").map { Int($0) }
            guard let first = ends[0], let last = ends[ends.count - 1], first <= last else { return nil }
            return first...last
        }
    }

    package var isPrimary: Bool { flags.contains("master") }
    /// True for a node that may have failed, or that the server does not know yet.
    package var isDoubtful: Bool { !Set(flags).isDisjoint(with: ["fail", "fail?", "handshake", "noaddr"]) }

    package func serves(_ slot: Int) -> Bool { isPrimary && slots.contains { $0.contains(slot) } }
}

extension RedisClusterFixture {
    /// The reply to `CLUSTER NODES`, without its head; empty from a server that does not answer.
    package func nodesText(of member: Member) -> String {
        let reply = member.server.command("CLUSTER", "NODES")
        return reply.firstIndex(of: "\r\n").map { String(reply[reply.index(after: $0)...]) } ?? ""
    }

    /// The cluster as one of its servers sees it.
    package func view(of member: Member) -> [NodeView] {
        nodesText(of: member).split(whereSeparator: \.isNewline).compactMap(NodeView.init)
    }

    /// The primary of a slot in the eyes of most of the servers that run; nil where they do not agree.
    package func server(of slot: Int) -> Member? {
        let awake = members.filter(\.server.isAwake)
        var voices: [String: Int] = [:]
        for member in awake {
            guard let node = view(of: member).first(where: { $0.serves(slot) }) else { continue }
            voices[node.id, default: 0] += 1
        }
        let agreed = voices.first { $0.value > awake.count / 2 }
        return agreed.flatMap { agreed in members.first { $0.id == agreed.key } }
    }
}
