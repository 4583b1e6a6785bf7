package import Ownership

/// Tells that actors changed, on whichever node that was.
package protocol ChangeFeed: Sendable {
    /// Notifications about one actor, from now on. A slow listener receives only the latest notification that
    /// counts. Ends when the feed is closed.
    ///
    /// - Returns: nil if the limit of listeners is reached.
    func notifications(of id: ActorID) -> AsyncStream<ChangeNotification>?
}

/// A notification about an actor.
package enum ChangeNotification: Sendable, Hashable {
    /// The actor was committed at this version. Its owner may not know that yet.
    case committed(SequenceNumber)
    /// Notifications may have been missed: read the actor.
    case look
    /// A while passed. It comes to each listener at a time of its own.
    case idle
}
