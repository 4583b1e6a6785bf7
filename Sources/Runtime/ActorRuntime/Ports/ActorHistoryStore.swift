/// The part of an actor's past that a store still has. Looking changes nobody's rights, and needs none.
package protocol ActorHistoryStore: Sendable {
    /// The history that is kept now. It holds every acknowledged change, unless the store lost it a moment
    /// ago and the owner has not given it back yet.
    func history(of id: ActorID) async throws(StoreFailure) -> ActorHistory
}

/// The changes that led to an actor's state, as far as they are kept.
package enum ActorHistory: Sendable {
    /// There is no such actor, or nothing was ever committed.
    case none
    /// The strategy that wrote it keeps no events.
    case notKept
    case kept(EventJournal)
}
