/// The kind of server that a connection is for. A handshake refuses any other.
enum ExpectedServer: Sendable, Equatable {
    /// A server that stores all keys, and takes changes.
    case standalone
    case sentinel
    /// The node of a Redis Cluster with this id, as a primary.
    case clusterPrimary(String)
    /// Any node of a Redis Cluster.
    case clusterNode
}
