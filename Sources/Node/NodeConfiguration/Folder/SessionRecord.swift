package import Ownership

/// A node's record for the next process that gets its data folder.
package struct SessionRecord: Sendable, Hashable {
    package let session: SessionID
    /// The generation that the node calls settled, in `Generation.description`'s form.
    package let settled: String?
    /// The cluster in which the session lives.
    package let cluster: String
    /// The Redis in which it lives, in the form of `NodeSettings.redisIdentity`.
    package let redis: String

    package init(session: SessionID, settled: String?, cluster: String, redis: String) {
        self.session = session
        self.settled = settled
        self.cluster = cluster
        self.redis = redis
    }
}

/// The record that the preceding process left in a data folder.
package enum PredecessorRecord: Sendable, Hashable {
    /// There is none.
    case none
    /// `isOver`: the process that wrote it is certainly gone, and its session with it.
    case record(SessionRecord, isOver: Bool)
    /// The file is not a record. It is treated as none: its session, if there was one, ends with its lease.
    case corrupted(reason: String)
}

/// The record's form on the disk.
struct SessionRecordFile: Codable {
    var version = 1
    let session: String
    let settled: String?
    let cluster: String
    let redis: String
    /// Missing in the record of an older build.
    let site: LockSite?

    init(_ record: SessionRecord, at site: LockSite) {
        self.site = site
        session = record.session.rawValue
        settled = record.settled
        cluster = record.cluster
        redis = record.redis
    }

    /// Nil where no node can have written it.
    var record: SessionRecord? {
        let isHexadecimal = session.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard version == 1, isHexadecimal, session.utf8.count == 32 else { return nil }
        return SessionRecord(session: SessionID(session), settled: settled, cluster: cluster, redis: redis)
    }
}
