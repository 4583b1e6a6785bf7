package import Ownership

/// The knowledge that a node starts with, before it has asked anybody.
package struct BootstrapState: Sendable, Hashable {
    /// The session that a former process of this node recorded. That process is certainly gone.
    package let predecessor: SessionID?
    /// The generation that the former process called settled, in `Generation.description`'s form.
    package let settled: String?
    /// True if no other node can reach the store, so that every generation of it is settled.
    package let exclusive: Bool

    package init(predecessor: SessionID? = nil, settled: String? = nil, exclusive: Bool = false) {
        self.predecessor = predecessor
        self.settled = settled
        self.exclusive = exclusive
    }

    func vouches(for generation: Generation) -> Bool {
        exclusive || settled == generation.description
    }
}
