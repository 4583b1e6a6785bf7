/// What one node of a Redis Cluster says of itself and of the others: the reply to `CLUSTER NODES`.
///
/// Its words of its own slots, and of those that are open, are better than anybody else's; open slots are told by no
/// other node.
package struct ClusterNodes: Sendable, Equatable {
    /// A node, as the one that answers knows it.
    package struct Node: Sendable, Equatable {
        /// The node's id: 40 hexadecimal digits.
        package var id: String
        /// Nil if the address is not known.
        package var address: AnnouncedAddress?
        /// The name that the node announces beside its address; nil for none.
        package var hostname: String?
        package var isPrimary: Bool
        /// True if a majority of the primaries, or this one alone, cannot reach the node.
        package var isFailing: Bool
        /// True if a majority of the primaries cannot reach the node.
        package var hasFailed: Bool
        /// False while the nodes do not know each other, or where the address is not known.
        package var isMember: Bool
        /// The configuration epoch: of its primary, if the node is a replica.
        package var epoch: UInt64
        /// The id of the node that this one copies; nil for a primary.
        package var primary: String?
        /// The slots that the node serves, in ascending order.
        package var slots: [ClosedRange<UInt16>]
    }

    /// The node that answers.
    package var own: Node
    package var others: [Node]
    /// The slots that the node that answers is giving away, each with the id of the node that takes it.
    package var migrating: [UInt16: String] = [:]
    /// The slots that the node that answers is taking, each with the id of the node that gives it away.
    package var importing: [UInt16: String] = [:]

    /// All nodes.
    package var nodes: [Node] { [own] + others }

    /// True if the node that answers reaches more than half of the primaries with slots. One that does not hears of
    /// no fail-over, and calls those failed whom it cannot reach.
    package var isOfMajority: Bool {
        let voters = nodes.filter { $0.isPrimary && !$0.slots.isEmpty }
        return voters.isEmpty || voters.count { $0.id == own.id || !$0.isFailing } * 2 > voters.count
    }
}

/// The reason why a node's word of its cluster cannot be used.
package struct ClusterSilence: Error, Sendable, Equatable, CustomStringConvertible {
    /// The most characters that are kept: a server may say anything, and logs and status repeat it.
    private static let limit = 200

    /// In words, without a secret.
    package let description: String

    package init(_ description: String) { self.description = String(description.prefix(Self.limit)) }
}

extension ClusterNodes {
    /// The most nodes that are read: a cluster has at most a thousand.
    static let nodeLimit = 4_096

    /// - Parameter text: the reply to `CLUSTER NODES`.
    package init(text: String) throws(ClusterSilence) {
        var own: Node?
        var others: [Node] = []
        var open: [(slot: UInt16, mark: Character, other: String)] = []
        for line in text.utf8.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
        {
            let words = line.split(separator: UInt8(ascii: " ")).map { Substring($0) }
            guard words.count >= 8 else { throw ClusterSilence("CLUSTER NODES has a line that is too short") }
            let flags = words[2].split(separator: ",")
            let isOwn = flags.contains("myself")
            let node = try Node(words: words, flags: flags) { slot, mark, other in
                if isOwn { open.append((slot, mark, other)) }
            }
            guard isOwn else {
                guard others.count < Self.nodeLimit else {
                    throw ClusterSilence("CLUSTER NODES has more than \(Self.nodeLimit) nodes")
                }
                others.append(node)
                continue
            }
            guard own == nil else { throw ClusterSilence("CLUSTER NODES has two nodes that answer") }
            own = node
        }
        guard let own else { throw ClusterSilence("CLUSTER NODES does not have the node that answers") }
        self.init(own: own, others: others)
        for (slot, mark, other) in open {
            if mark == ">" { migrating[slot] = other } else { importing[slot] = other }
        }
    }
}

extension ClusterNodes.Node {
    private typealias Silence = ClusterSilence

    /// Reads the words `id address flags primary ping pong epoch link slot…`.
    ///
    /// - Parameter open: receives each open slot, with `>` if the node gives it away and `<` if it takes it, and the id
    ///   of the other node.
    fileprivate init(
        words: [Substring],
        flags: [Substring],
        open: (_ slot: UInt16, _ mark: Character, _ other: String) -> Void
    ) throws(ClusterSilence) {
        guard let id = Self.id(words[0]) else { throw Silence("CLUSTER NODES has a bad id: \(words[0])") }
        guard let epoch = UInt64(words[6]) else {
            throw Silence("CLUSTER NODES has a bad epoch: \(words[6])")
        }
        self.id = id
        self.epoch = epoch
        (address, hostname) = Self.address(words[1])
        isPrimary = flags.contains("master")
        hasFailed = flags.contains("fail")
        isFailing = hasFailed || flags.contains("fail?")
        isMember = !flags.contains("handshake") && !flags.contains("noaddr")
        primary = Self.id(words[3])
        slots = []
        for word in words.dropFirst(8) {
            if word.hasPrefix("[") {
                guard let (slot, mark, other) = Self.openSlot(word) else {
                    throw Silence("CLUSTER NODES has a bad open slot: \(word)")
                }
                open(slot, mark, other)
            } else {
                guard let range = Self.range(word) else {
                    throw Silence("CLUSTER NODES has a bad slot: \(word)")
                }
                slots.append(range)
            }
        }
        let isAscending = zip(slots, slots.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }
        guard isAscending else { throw Silence("CLUSTER NODES has slots that are not in order") }
    }

    /// The id in a word; nil for a word that is none.
    static func id(_ word: some StringProtocol) -> String? {
        let isHexadecimal = word.utf8.allSatisfy {
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
        }
        return word.utf8.count == 40 && isHexadecimal ? String(word) : nil
    }

    /// Reads `host:port@busport[,hostname[,name=value…]]`.
    private static func address(
        _ word: Substring
    ) -> (address: AnnouncedAddress?, hostname: String?) {
        let parts = word.split(separator: ",", omittingEmptySubsequences: false)
        let place = parts[0].prefix { $0 != "@" }
        var hostname: String?
        if parts.count > 1, !parts[1].contains("="), case .named(let name)? = AnnouncedHost(parts[1]) {
            hostname = name
        }
        return (AnnouncedAddress(place), hostname)
    }

    /// Reads `7` or `7-9`.
    private static func range(_ word: Substring) -> ClosedRange<UInt16>? {
        let bounds = word.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = slot(bounds[0]), let last = slot(bounds[bounds.count - 1]), first <= last else {
            return nil
        }
        return first...last
    }

    /// Reads `[7->-id]` or `[7-<-id]`.
    private static func openSlot(_ word: Substring) -> (slot: UInt16, mark: Character, other: String)? {
        guard word.hasSuffix("]") else { return nil }
        let parts = word.dropFirst().dropLast()
            .split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let slot = slot(parts[0]), let other = id(parts[2]),
            let mark = parts[1].first, parts[1].count == 1, mark == ">" || mark == "<"
        else { return nil }
        return (slot, mark, other)
    }

    private static func slot(_ word: Substring) -> UInt16? {
        guard let slot = UInt16(word), slot < HashSlot.count else { return nil }
        return slot
    }
}
