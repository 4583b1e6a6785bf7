/// A place in the node's work at which a test may have it fail.
enum Failpoint: String, CaseIterable {
    /// A commit is about to be sent.
    case commitSending = "commit.sending"
    /// Redis answered a commit; memory has not changed, and nobody was answered.
    case commitAnswered = "commit.answered"
    case claimSending = "claim.sending"
    /// A cart was granted and its state is here; it is not live yet.
    case claimGranted = "claim.granted"
    case republishSending = "republish.sending"
    case releaseSending = "release.sending"
    case releaseAnswered = "release.answered"
    /// A heartbeat is about to be sent; its lease already counts.
    case heartbeatSending = "heartbeat.sending"
    case heartbeatAnswered = "heartbeat.answered"
    /// A tombstone of our own or of a predecessor is about to be written.
    case tombstoneSending = "tombstone.sending"
    case tombstoneAnswered = "tombstone.answered"
    /// The node was told to leave, and has told nobody.
    case drainBegun = "drain.begun"
    /// The others know that the node is leaving; it owns all that it owned.
    case drainAnnounced = "drain.announced"
    /// Nothing is live any more; the session still stands.
    case drainReleased = "drain.released"
    /// A client's request arrived.
    case requestReceived = "request.received"
    /// Another node's request arrived over the link.
    case askReceived = "ask.received"
}
