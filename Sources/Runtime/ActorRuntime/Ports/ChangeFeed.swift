package import Ownership

/// Tells that actors changed, on whichever node that was.
package protocol ChangeFeed: Sendable {
    /// News of one actor, from now on. Who is slow gets the newest only. Ends when the feed is closed.
    ///
    /// - Returns: nil where no more can be listened to.
    func notifications(of id: ActorID) -> AsyncStream<ChangeNotification>?
}

/// What may be said of an actor.
package enum ChangeNotification: Sendable, Hashable {
    /// It was committed at this version: an owner that does not show it yet soon will.
    case committed(SequenceNumber)
    /// A while passed, or something may have been missed: look yourself.
    case look
}
