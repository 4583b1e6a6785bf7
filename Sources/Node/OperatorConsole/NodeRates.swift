/// What a node did in the last seconds, a second, as it says at `/snapshot`; nil for what it does not count.
struct NodeRates: Codable, Equatable, Sendable {
    var requests: Double?
    var commits: Double?
    var restores: Double?
    /// The time within which 99 of 100 requests were answered, seconds; nil without requests.
    var p99: Double?
}

/// What is read of a node's `/snapshot`.
struct SnapshotReport: Decodable, Sendable {
    let node: Node

    struct Node: Decodable, Sendable {
        let session: String
        /// Nil until the node has two samples.
        let rates: NodeRates?
    }
}
