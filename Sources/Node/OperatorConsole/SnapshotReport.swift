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
    /// Nil from a build that tells none.
    var events: [EventReport]?

    struct Node: Decodable, Sendable {
        let session: String
        /// Nil until the node has two samples.
        let rates: NodeRates?
        /// What its doctor found to mend; nil until it has examined.
        var doctor: [FindingReport]?
    }
}

/// What a node's doctor found to mend.
struct FindingReport: Codable, Equatable, Sendable {
    /// `error` or `warning`.
    let level: String
    let check: String
    let what: String
    let mend: String
    let link: String
}

/// Something that happened to a node or to the cluster, as one node tells it.
struct EventReport: Codable, Equatable, Sendable {
    /// The node that tells it.
    let node: String
    /// The process that tells it; with `number` it names the event.
    let process: String
    let number: Int
    /// By the telling node's clock, milliseconds since 1970.
    let at: Int64
    /// Another build may know other kinds.
    let kind: String
    /// The name of the node that it happened to, if it is not the telling one.
    var subject: String?
    /// The number of carts concerned, where it is known.
    var carts: Int?
    var detail: String?
}
