package import Ownership

/// The registry through which sessions know each other.
package protocol SessionRegistry: Sendable {
    /// Moves the session's counter, creating its entry if there is none, and returns the whole membership.
    func beat(_ heartbeat: Heartbeat) async throws(StoreFailure) -> HeartbeatAnswer

    /// Writes a tombstone, if neither the counter nor the generation has moved.
    func writeTombstone(_ expired: MembershipObserver.ExpiredSession) async throws(StoreFailure)
        -> TombstoneAnswer

    /// Writes a tombstone on certain knowledge: the session was our own, or its process is proved to be gone.
    func writeTombstoneUnconditionally(_ session: SessionID) async throws(StoreFailure)

    /// Removes tombstones that are old enough for nobody to need them soon, and the oldest of those that
    /// exceed `limit`; answers how many. Always safe: a session that is gone altogether can be observed as
    /// absent, and declared dead again.
    func prune(keeping limit: Int) async throws(StoreFailure) -> Int
}

/// The report of a session about itself.
package struct Heartbeat: Sendable, Hashable {
    package let session: SessionID
    package let draining: Bool
    /// The generation that the session calls settled, if any.
    package let settled: Generation?
    /// The length of the session's lease, for those who wait for its end.
    package let lease: Duration?
    package let card: NodeCard

    package init(
        session: SessionID,
        draining: Bool,
        settled: Generation?,
        lease: Duration? = nil,
        card: NodeCard
    ) {
        self.session = session
        self.draining = draining
        self.settled = settled
        self.lease = lease
        self.card = card
    }
}

package enum HeartbeatAnswer: Sendable, Hashable {
    /// The session's entry is a tombstone.
    case dead
    case alive(HeartbeatReport)
}

/// The answer to the heartbeat of a session that is not dead.
package struct HeartbeatReport: Sendable, Hashable {
    package let generation: Generation
    /// The store's time when it executed the heartbeat.
    package let time: StoreTime
    /// Every session that has an entry, our own among them.
    package let members: [Member]
    /// The reason, in words, why the replicas that are configured did not confirm the heartbeat; nil if they did, or
    /// if there are none.
    package let doubt: String?
    /// The server that executed the heartbeat; nil in a store of one server.
    package let server: StoreServerID?
    /// False where the replicas did not confirm the heartbeat: it must not extend the lease.
    package var confirmed: Bool { doubt == nil }

    package init(
        generation: Generation,
        time: StoreTime,
        members: [Member],
        doubt: String? = nil,
        server: StoreServerID? = nil
    ) {
        self.generation = generation
        self.time = time
        self.members = members
        self.doubt = doubt
        self.server = server
    }
}

package enum TombstoneAnswer: Sendable, Hashable {
    /// The tombstone stands, by us or by another.
    case written
    /// The session moved, or the generation changed.
    case moved
}
