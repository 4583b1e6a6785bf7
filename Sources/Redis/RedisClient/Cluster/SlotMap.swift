/// Decides which server has which slot, from what nodes say. Pure: somebody else asks them.
///
/// A slot goes to whoever claims it under the highest configuration epoch. It stays there until another server claims
/// it under a higher one, or its server redirects a call: what a single node leaves out makes no hole. A server that
/// serves nothing is forgotten when a node calls it a replica or failed, or when two nodes do not know it.
struct SlotMap: Sendable {
    /// A node, primary or not, as it was last described.
    private struct Node: Sendable, Equatable {
        var address: ServerAddress
        var hostname: String?
        /// The highest configuration epoch that was heard of it as a primary.
        var epoch: UInt64 = 0
        var isFailing = false
        /// The number in the map; nil for a node that is no primary there.
        var number: UInt16?
        /// The node that does not know this one.
        var doubter: String?
    }

    /// The result of a word.
    enum Change: Equatable, Sendable {
        /// Nothing is new.
        case none
        case changed
        /// The word is of another cluster: no node is known. Nothing was believed.
        case foreign
    }

    /// The present map.
    private(set) var map = ClusterMap()
    /// The configuration epochs under which the slots have their servers.
    private var epochs = [UInt64](repeating: 0, count: HashSlot.count)
    private var nodes: [String: Node] = [:]

    /// A node was asked for what it knows.
    ///
    /// - Parameters:
    ///   - word: its own view.
    ///   - addresses: under which it says that nodes are reached (`CLUSTER SLOTS`), which come before those of the
    ///     view; nil if it was not asked for them. Nodes of which none is known are left out then.
    ///   - asked: the address of the node.
    mutating func take(
        _ word: ClusterNodes,
        addresses: ClusterSlots?,
        asked: ServerAddress
    ) -> Change {
        let isKnown = nodes.isEmpty || word.nodes.contains { nodes[$0.id] != nil }
        guard isKnown else { return .foreign }
        let former = map
        if let addresses { learnAddresses(word, preferred: addresses, asked: asked) }
        let isOfMajority = word.isOfMajority
        for node in word.nodes {
            // Whoever cannot reach most of the others does not judge them: only it would be asked from then on.
            let isFailing = node.isFailing && node.id != word.own.id
            if isOfMajority || !isFailing { nodes[node.id]?.isFailing = isFailing }
        }
        releaseSlots(of: word.own)
        for node in word.nodes where node.isPrimary && node.isMember { claim(node) }
        removeServers(accordingTo: word)
        refreshServers()
        let isChanged = former.servers != map.servers || former.owners != map.owners
        guard isChanged else { return .none }
        map.changed()
        return .changed
    }

    /// A server said that another one, at this address, serves a slot.
    ///
    /// - Returns: whether the server is known, and has the slot from now on.
    mutating func move(_ slot: UInt16, to address: ServerAddress) -> Bool {
        guard slot < HashSlot.count,
            let (id, node) = nodes.first(where: { $0.value.address == address }),
            let number = number(of: id)
        else { return false }
        // A word that does not know of the move yet must not undo it.
        epochs[Int(slot)] = max(epochs[Int(slot)], node.epoch)
        map.owners[Int(slot)] = number
        map.changed()
        return true
    }

    /// The nodes that can be asked, whatever their ids are by then: those that nobody calls failed.
    var places: (primaries: [ClusterNodeTarget], others: [ClusterNodeTarget]) {
        var places: (primaries: [ClusterNodeTarget], others: [ClusterNodeTarget]) = ([], [])
        for node in nodes.values where !node.isFailing {
            let place = ClusterNodeTarget(address: node.address, hostname: node.hostname)
            if node.number == nil {
                places.others.append(place)
            } else {
                places.primaries.append(place)
            }
        }
        return places
    }

    /// True if a word names a primary of which no address is known.
    func lacksAddress(in word: ClusterNodes) -> Bool {
        word.nodes.contains { $0.isPrimary && $0.isMember && !$0.hasFailed && nodes[$0.id] == nil }
    }

    /// The address of a known node.
    func address(of id: String) -> ServerAddress? { nodes[id]?.address }

    /// The known node at an address.
    func place(at address: ServerAddress) -> ClusterNodeTarget? {
        nodes.values.first { $0.address == address }
            .map { ClusterNodeTarget(address: $0.address, hostname: $0.hostname) }
    }

    private mutating func learnAddresses(
        _ word: ClusterNodes,
        preferred: ClusterSlots,
        asked: ServerAddress
    ) {
        for node in word.nodes where node.isMember || node.id == word.own.id {
            let announced = preferred.addresses[node.id].flatMap { $0.resolved(asking: asked.host) }
            let known = announced ?? node.address.flatMap { $0.resolved(asking: asked.host) }
            guard let address = known ?? (node.id == word.own.id ? asked : nil) else { continue }
            nodes[node.id, default: Node(address: address)].address = address
            nodes[node.id]?.hostname = node.hostname
        }
    }

    /// What the node that answers had, and does not have by its own word, goes to whoever claims it.
    private mutating func releaseSlots(of own: ClusterNodes.Node) {
        guard let node = nodes[own.id], let number = node.number, own.epoch >= node.epoch else { return }
        var next = 0
        for range in own.slots {
            for slot in next..<Int(range.lowerBound) where map.owners[slot] == number { epochs[slot] = 0 }
            next = Int(range.upperBound) + 1
        }
        for slot in next..<HashSlot.count where map.owners[slot] == number { epochs[slot] = 0 }
    }

    private mutating func claim(_ node: ClusterNodes.Node) {
        guard let known = nodes[node.id], node.epoch >= known.epoch else { return }
        nodes[node.id]?.epoch = node.epoch
        guard !node.slots.isEmpty || !node.hasFailed, let number = number(of: node.id) else { return }
        for range in node.slots {
            for slot in range.lowerBound...range.upperBound {
                let slot = Int(slot)
                guard map.owners[slot] != number else {
                    epochs[slot] = max(epochs[slot], node.epoch)
                    continue
                }
                guard map.owners[slot] == ClusterMap.nobody || node.epoch > epochs[slot] else { continue }
                epochs[slot] = node.epoch
                map.owners[slot] = number
            }
        }
    }

    /// The number of a known node in the map, which it gets now if it has none.
    private mutating func number(of id: String) -> UInt16? {
        guard let node = nodes[id] else { return nil }
        if let number = node.number { return number }
        let number = map.add(
            ClusterPrimary(id: id, address: node.address, hostname: node.hostname, epoch: node.epoch)
        )
        nodes[id]?.number = number
        return number
    }

    private mutating func removeServers(accordingTo word: ClusterNodes) {
        let present = Dictionary(word.nodes.map { ($0.id, $0) }) { first, _ in first }
        var serves = [Bool](repeating: false, count: map.servers.count)
        for owner in map.owners where owner != ClusterMap.nobody { serves[Int(owner)] = true }
        for (id, node) in nodes {
            if let number = node.number, serves[Int(number)] {
                nodes[id]?.doubter = nil
            } else if let described = present[id] {
                nodes[id]?.doubter = nil
                let isPrimary = described.isPrimary && described.isMember && !described.hasFailed
                if !isPrimary { removeServer(id) }
            } else if let doubter = node.doubter, doubter != word.own.id {
                removeServer(id)
                nodes[id] = nil
            } else {
                nodes[id]?.doubter = word.own.id
            }
        }
    }

    private mutating func removeServer(_ id: String) {
        guard let number = nodes[id]?.number else { return }
        map.servers[Int(number)] = nil
        nodes[id]?.number = nil
    }

    private mutating func refreshServers() {
        for (id, node) in nodes {
            guard let number = node.number else { continue }
            map.servers[Int(number)] = ClusterPrimary(
                id: id,
                address: node.address,
                hostname: node.hostname,
                epoch: node.epoch
            )
        }
    }
}
