/// What a store still knows of an actor's past. Looking changes nobody's rights, and needs none.
package protocol ActorHistoryStore: Sendable {
    /// What is kept now. All that was acknowledged is in it, unless the store lost it a moment ago and its owner has not
    /// given it back yet.
    func history(of id: ActorID) async throws(StoreFailure) -> ActorHistory
}

/// How an actor came to be what it is, as far as that is kept.
package enum ActorHistory: Sendable {
    /// There is no such actor, or nothing was ever committed.
    case none
    /// The strategy that wrote it keeps no events.
    case notKept
    case kept(EventJournal)
}
