/// The addresses under which one node of a Redis Cluster says that the nodes are to be reached: from the reply to
/// `CLUSTER SLOTS`.
///
/// These are the addresses that the operator prefers (`cluster-preferred-endpoint-type`). Nodes without slots, and
/// replicas without data yet, are not among them.
struct ClusterSlots: Sendable, Equatable {
    /// By the ids of the nodes.
    private(set) var addresses: [String: AnnouncedAddress] = [:]

    /// The most runs of slots that are read: there are no more slots.
    private static let runLimit = HashSlot.count
    /// The most nodes that are read of one run of slots.
    private static let copyLimit = 256

    /// Reads `[[first, last, [host, port, id, …], …], …]`, where the first node of each run is the primary.
    init(_ reply: RedisValue) throws(RedisError) {
        for run in try reply.array.prefix(Self.runLimit) {
            for node in try run.array.dropFirst(2).prefix(Self.copyLimit) {
                let words = try node.array
                guard words.count >= 3, let id = ClusterNodes.Node.id(try words[2].string) else {
                    throw .protocolViolation("CLUSTER SLOTS has a bad node")
                }
                // A null stands for the host that was asked.
                let host = AnnouncedHost(try words[0].unlessNull?.string ?? "")
                let port = try words[1].integer
                guard let host, 1...65_535 ~= port else { continue }
                addresses[id] = AnnouncedAddress(host: host, port: Int(port))
            }
        }
    }
}
