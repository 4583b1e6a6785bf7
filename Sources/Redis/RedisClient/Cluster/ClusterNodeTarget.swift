/// The node of a Redis Cluster that a client is for.
struct ClusterNodeTarget: Sendable, Hashable {
    /// The node's id; nil for whichever answers at the address, to ask it for the others.
    var id: String?
    var address: ServerAddress
    /// The name that the node announces beside its address, and that its certificate has; nil for none.
    var hostname: String?

    init(id: String? = nil, address: ServerAddress, hostname: String? = nil) {
        self.id = id
        self.address = address
        self.hostname = hostname
    }

    /// For messages.
    var role: String { id.map { "the primary \($0.prefix(Self.idPrefix))… of the cluster" } ?? "the node" }

    /// Enough of an id to tell nodes apart by eye.
    private static let idPrefix = 8
}

extension ClusterPrimary {
    var target: ClusterNodeTarget { ClusterNodeTarget(id: id, address: address, hostname: hostname) }
}
