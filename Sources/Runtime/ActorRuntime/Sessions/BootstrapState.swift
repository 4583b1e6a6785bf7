package import Ownership

/// What a node knows when it starts, before it has asked anybody.
package struct BootstrapState: Sendable, Hashable {
    /// The session that a former process recorded on our data folder. It is dead: we hold the folder's lock.
    package let predecessor: SessionID?
    /// The generation that the former process called settled, in `Generation.description`'s form.
    package let settled: String?
    /// Whether nobody else can reach our Redis, so that every generation of it is settled.
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
