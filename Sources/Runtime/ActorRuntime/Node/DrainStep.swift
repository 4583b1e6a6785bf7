/// A point that a draining node has reached.
package enum DrainStep: Sendable, Hashable, CaseIterable {
    /// The node was told to leave, and has told nobody. Followed by `announced`.
    case begun
    /// The others know that the node is leaving. It still owns all that it owned. Followed by `released`.
    case announced
    /// Nothing is live, or the time for releases is over. The session still stands, and requests that come
    /// here are served through the other nodes. Followed by `NodeRuntime.leave()`.
    case released
}
