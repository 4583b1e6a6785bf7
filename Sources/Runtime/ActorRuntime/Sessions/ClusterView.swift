package import Ownership

/// Something for which a node should not be asked.
package enum NotReadyReason: String, Sendable, Hashable {
    /// The node is leaving.
    case draining = "the node is leaving"
    /// No heartbeat was answered in time.
    case noSession = "there is no valid session: Redis does not answer"
    /// The node is new, and Redis may hold data that lacks what a live owner has.
    case unsettled = "Redis was started, restarted or replaced less than a lease ago"
    /// The former process on our data folder is not buried yet.
    case predecessor = "the former session on the data folder is not buried yet"
}

/// What a node knows of sessions at a moment.
package struct ClusterView: Sendable {
    package let session: SessionID
    /// Empty when the node is ready.
    package let notReadyReasons: [NotReadyReason]
    package let generation: Generation?
    /// The others that are not dead.
    package let members: [Member]
}
