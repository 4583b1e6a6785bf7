/// A session as its entry in the registry shows it.
package struct Member: Hashable, Sendable {
    package enum Condition: String, Hashable, Sendable {
        /// It sends heartbeats, or at least nobody has proved otherwise.
        case alive
        /// It hands its actors over and takes no new ones.
        case draining
        /// A tombstone: this session never acts again.
        case dead
    }

    package let session: SessionID
    /// Moves with each heartbeat.
    package let counter: UInt64
    package let condition: Condition
    /// The generation that this session calls settled, in `Generation.description`'s form; empty for none.
    package let settled: String
    /// The length of the session's lease; nil in a tombstone, and in the entry of an older build.
    package let lease: Duration?
    /// The session's address and build.
    package let card: NodeCard

    package init(
        session: SessionID,
        counter: UInt64,
        condition: Condition,
        settled: String,
        lease: Duration? = nil,
        card: NodeCard
    ) {
        self.session = session
        self.counter = counter
        self.condition = condition
        self.settled = settled
        self.lease = lease
        self.card = card
    }
}

/// The name, addresses and build that a node shows to the others.
package struct NodeCard: Hashable, Sendable {
    /// The node's name as an operator knows it.
    package let name: String
    /// `host:port` of the link.
    package let link: String
    /// The version of the node's program.
    package let build: String
    /// `host:port` of the operations port; empty in the card of an older build.
    package let operations: String

    package init(name: String, link: String, build: String, operations: String = "") {
        self.name = name
        self.link = link
        self.build = build
        self.operations = operations
    }
}
