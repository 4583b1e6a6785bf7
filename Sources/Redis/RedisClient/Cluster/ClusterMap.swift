/// A primary of a Redis Cluster.
package struct ClusterPrimary: Sendable, Hashable {
    /// The id of the node: 40 hexadecimal digits. A replica that takes its place is another server.
    package var id: String
    package var address: ServerAddress
    /// The name that the node announces beside its address; nil for none.
    package var hostname: String?
    /// The configuration epoch.
    package var epoch: UInt64
    /// The slots that it serves, in ascending order.
    package var slots: [ClosedRange<UInt16>] = []
}

/// The servers of a Redis Cluster and their slots at one moment.
package struct ClusterMap: Sendable {
    /// In place of a number: nobody is known to serve the slot.
    static let nobody = UInt16.max

    /// Grows with each change.
    private(set) package var version: UInt64 = 0
    /// The primaries by their numbers, without their slots; nil for a number that is free.
    var servers: [ClusterPrimary?] = []
    /// The numbers of the primaries that serve the slots.
    var owners = [UInt16](repeating: nobody, count: HashSlot.count)

    /// All primaries with their slots.
    package var primaries: [ClusterPrimary] {
        var primaries = servers
        var start = 0
        while start < owners.count {
            let owner = owners[start]
            let end = owners[start...].firstIndex { $0 != owner } ?? owners.count
            if primaries.indices.contains(Int(owner)) {
                primaries[Int(owner)]?.slots.append(UInt16(start)...UInt16(end - 1))
            }
            start = end
        }
        return primaries.compactMap(\.self)
    }

    /// The primary of a slot, without its slots; nil if none is known.
    package func primary(of slot: UInt16) -> ClusterPrimary? {
        let owner = Int(owners[Int(slot) % HashSlot.count])
        return servers.indices.contains(owner) ? servers[owner] : nil
    }

    /// True if each slot has a primary.
    package var isFull: Bool { !owners.contains(Self.nobody) }

    /// The number of the primary with this id; nil if there is none.
    func number(of id: String) -> UInt16? {
        servers.firstIndex { $0?.id == id }.map { UInt16($0) }
    }

    /// Gives a primary a number.
    mutating func add(_ primary: ClusterPrimary) -> UInt16? {
        if let free = servers.firstIndex(where: { $0 == nil }) {
            servers[free] = primary
            return UInt16(free)
        }
        guard servers.count < ClusterNodes.nodeLimit else { return nil }
        servers.append(primary)
        return UInt16(servers.count - 1)
    }

    mutating func changed() { version += 1 }
}

extension ClusterMap: CustomStringConvertible {
    /// The primaries alone: there are very many slots.
    package var description: String {
        let primaries = primaries.map { "\($0.id.prefix(8)) at \($0.address) \($0.slots)" }
        return "version \(version): \(primaries.joined(separator: "; "))"
    }
}
