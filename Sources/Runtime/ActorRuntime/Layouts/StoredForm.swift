package import Ownership

/// The form in which an actor's state lies in the store, as far as the next commit must know it.
package enum StoredForm: Sendable, Hashable {
    /// Nothing was committed yet: any strategy may begin.
    case empty
    /// A strategy wrote it. `base` is the version of the whole state that later events lie on top of; 0 for
    /// the initial state, and without a meaning for the strategies that keep no events.
    case written(by: PersistenceStrategy, base: SequenceNumber)
}
