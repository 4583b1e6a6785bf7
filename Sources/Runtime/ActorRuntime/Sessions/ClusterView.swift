package import Ownership

/// A reason for which a node should not be asked.
package enum NotReadyReason: String, Sendable, Hashable {
    /// The node is leaving.
    case draining = "the node is leaving"
    /// No heartbeat was answered in time.
    case noSession = "the node has no valid session"
    /// The node is new, and the store may hold data that lacks what a live owner has.
    case unsettled = "the store was started, restarted or replaced less than a lease ago"
    /// The tombstone of our former process is not written yet.
    case predecessor = "the node's former session is not yet declared dead"
}

/// A node's knowledge of sessions at one moment.
package struct ClusterView: Sendable {
    package let session: SessionID
    /// Empty when the node is ready.
    package let notReadyReasons: [NotReadyReason]
    /// The failure of the last heartbeat; nil if it was answered.
    package let heartbeatFailure: StoreFailure?
    package let generation: Generation?
    /// The length of this node's lease.
    package let lease: Duration
    /// The others that are not dead.
    package let members: [Member]

    /// The others whose leases have another length than this node's. The longer lease counts wherever one of
    /// them waits for the end of the other.
    package var membersWithOtherLease: [Member] {
        members.filter { member in member.lease.map { $0 != lease } ?? false }
    }
}
