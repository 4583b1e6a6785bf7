/// A session as its entry in Redis shows it.
package struct Member: Hashable, Sendable {
    package enum Condition: String, Hashable, Sendable {
        /// It beats, or at least nobody has proved otherwise.
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
    /// Where the session can be reached, and what it is.
    package let card: NodeCard

    package init(session: SessionID, counter: UInt64, condition: Condition, settled: String, card: NodeCard) {
        self.session = session
        self.counter = counter
        self.condition = condition
        self.settled = settled
        self.card = card
    }
}

/// What a node tells the others about itself.
package struct NodeCard: Hashable, Sendable {
    /// The node's name as an operator knows it.
    package let name: String
    /// `host:port` of the link.
    package let link: String
    /// The build that runs there.
    package let build: String

    package init(name: String, link: String, build: String) {
        self.name = name
        self.link = link
        self.build = build
    }
}
