/// The form in which a store keeps an actor's state.
package enum PersistenceStrategy: String, Sendable, Hashable, CaseIterable {
    /// Each commit writes the whole state.
    case snapshot
    /// Each commit writes the parts of the state that it changed.
    case incremental
    /// Each commit adds its events; now and then the whole state takes their place.
    case events
}
