/// The ports of one node: its way to the stored actors, to the membership, and to the other nodes.
package struct NodePorts<Logic: Decider>: Sendable {
    package let store: any ActorStore<Logic>
    package let registry: any SessionRegistry
    package let link: any Link
    /// The servers of a store that has many; nil for a store of one server.
    package let topology: (any StoreTopology)?

    /// - Parameter registry: should not share a connection with `store`, so that no other work delays a
    ///   heartbeat.
    package init(
        store: any ActorStore<Logic>,
        registry: any SessionRegistry,
        link: any Link,
        topology: (any StoreTopology)? = nil
    ) {
        self.store = store
        self.registry = registry
        self.link = link
        self.topology = topology
    }
}
