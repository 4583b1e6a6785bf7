package import Ownership

/// The servers of a store of many servers, and the slots of the actors.
package protocol StoreTopology: Sendable {
    /// The slot of an actor.
    func slot(of id: ActorID) -> StoreSlot
    /// The slot of the sessions.
    var membershipSlot: StoreSlot { get }
    /// The primaries that are known now, in any order.
    var servers: [StoreServerID] { get }
    /// A number at once, and a greater one after each change of the servers or their slots.
    func changes() -> AsyncStream<UInt64>
    /// Asks a primary for its word. The right that the answer gives begins before this is called.
    func probe(_ server: StoreServerID) async throws(StoreFailure) -> ServerWord
}
