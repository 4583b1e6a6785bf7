package import Ownership

/// The form in which an actor's state lies in the store, as far as the next commit must know it.
package enum StoredForm: Sendable, Hashable {
    /// Nothing was committed yet: any strategy may begin.
    case empty
    /// The strategy `snapshot` wrote it.
    case snapshot
    /// The strategy `incremental` wrote it.
    case incremental
    /// The strategy `events` wrote it: events of so many bytes on top of the whole state of the version
    /// `base`.
    case events(base: SequenceNumber, bytes: Int)
    /// Some strategy wrote it, and the answer that would tell did not come. The next commit replaces all.
    case unknown
}
