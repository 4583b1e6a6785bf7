package import Ownership

/// What a node leaves behind for the process that gets its data folder next.
package struct SessionRecord: Sendable, Hashable {
    package let session: SessionID
    /// The generation that the node calls settled, in `Generation.description`'s form.
    package let settled: String?
    /// The cluster in which the session lives.
    package let cluster: String
    /// The Redis in which it lives, as `NodeSettings.redisIdentity` says it.
    package let redis: String

    package init(session: SessionID, settled: String?, cluster: String, redis: String) {
        self.session = session
        self.settled = settled
        self.cluster = cluster
        self.redis = redis
    }
}

/// What was found where a predecessor's record lies.
package enum PredecessorRecord: Sendable, Hashable {
    /// Nobody left one.
    case none
    case record(SessionRecord)
    /// Something else lies there. Taken for none: its session, if it was one, ends with its lease.
    case corrupted(reason: String)
}

/// The record as it lies on the disk.
struct SessionRecordFile: Codable {
    var version = 1
    let session: String
    let settled: String?
    let cluster: String
    let redis: String

    init(_ record: SessionRecord) {
        session = record.session.rawValue
        settled = record.settled
        cluster = record.cluster
        redis = record.redis
    }

    /// Nil where it cannot be what a node wrote.
    var record: SessionRecord? {
        let isHexadecimal = session.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard version == 1, isHexadecimal, session.utf8.count == 32 else { return nil }
        return SessionRecord(session: SessionID(session), settled: settled, cluster: cluster, redis: redis)
    }
}
