/// The part of an actor's past that a store still has. Looking changes nobody's rights, and needs none.
package protocol ActorHistoryStore: Sendable {
    /// The state that is stored now, with the past that its form keeps; nil if there is no such actor, or
    /// nothing was ever committed. It holds every acknowledged change, unless the store lost it a moment ago
    /// and the owner has not given it back yet.
    func content(of id: ActorID) async throws(StoreFailure) -> StoredContent?
}
