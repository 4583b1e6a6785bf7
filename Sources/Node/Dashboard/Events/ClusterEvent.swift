/// Something that happened to a node or to the cluster, as one node tells it.
package struct ClusterEvent: Codable, Sendable, Hashable {
    /// The node that tells it.
    package let node: String
    /// The process that tells it. With `number` it names the event, whoever passes it on.
    package let process: String
    /// Grows by one with each event of the process.
    package let number: Int
    /// By the telling node's clock, milliseconds since 1970.
    package let at: Int64
    /// A `Kind`; another build may know others.
    package let kind: String
    /// The name of the node that it happened to, if it is not the telling one.
    package let subject: String?
    /// The number of carts concerned, where it is known.
    package let carts: Int?
    /// More about it, for a person to read.
    package let detail: String?

    package enum Kind: String, CaseIterable, Sendable {
        case ready
        case notReady = "not_ready"
        case drainBegan = "drain_began"
        case drained
        /// The node's session ended against its will, and all its carts were dropped from memory.
        case sessionLost = "session_lost"
        /// Carts of dead sessions were claimed.
        case takeover
        /// A sweep compared all live carts with Redis.
        case swept
        case sweepAbandoned = "sweep_abandoned"
        /// Redis was restarted, replaced or failed over, and may have lost data.
        case generationChanged = "generation_changed"
        case redisTrouble = "redis_trouble"
        case redisBack = "redis_back"
        case joined
        case draining
        /// The node ended in order.
        case left
        /// The node fell silent and was declared dead.
        case died
    }

    /// An event before the log has numbered it.
    struct Draft: Equatable {
        let kind: Kind
        var subject: String?
        var carts: Int?
        var detail: String?
    }

    init(_ draft: Draft, node: String, process: String, number: Int, at: Int64) {
        self.node = node
        self.process = process
        self.number = number
        self.at = at
        kind = draft.kind.rawValue
        subject = draft.subject
        carts = draft.carts
        detail = draft.detail
    }
}
