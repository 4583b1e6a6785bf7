package import MetricReadings
package import Ownership

/// What became of this node's sessions, and what it saw of others', since the process began. Plain numbers.
package struct SessionCounts: Sendable {
    /// The end of a heartbeat.
    package enum HeartbeatResult: String, CaseIterable, Sendable {
        /// Answered, also where the lease still waits for a sweep.
        case answered
        /// Answered, but not confirmed by the replicas: it extends no lease.
        case unconfirmed
        /// The session has a tombstone.
        case dead
        /// Not answered, or refused.
        case failed
    }

    /// The reason for which a session ended against this node's will.
    package enum Loss: String, CaseIterable, Sendable {
        /// No heartbeat was answered in time.
        case expired
        /// Another node wrote its tombstone.
        case declaredDead = "declared_dead"
    }

    /// The end of an attempt to write the tombstone of a session that fell silent.
    package enum TombstoneResult: String, CaseIterable, Sendable {
        case written
        /// The session had moved after all.
        case moved
        /// The store did not answer, or refused.
        case failed
    }

    private var heartbeats: [HeartbeatResult: DurationHistogram] = [:]
    private var losses: [Loss: UInt64] = [:]
    private var tombstones: [TombstoneResult: UInt64] = [:]
    private var members: [Member.Condition: Int] = [:]
    /// Tombstones that this node removed.
    package internal(set) var prunedTombstones: UInt64 = 0
    /// The number of times that the store was found to hold another generation than before.
    package internal(set) var generationChanges: UInt64 = 0

    /// Heartbeats with this end, by the time that it took.
    package func heartbeats(_ result: HeartbeatResult) -> DurationHistogram {
        heartbeats[result] ?? DurationHistogram()
    }

    /// Sessions of this node that were lost for this reason.
    package func losses(_ loss: Loss) -> UInt64 { losses[loss] ?? 0 }

    package func tombstones(_ result: TombstoneResult) -> UInt64 { tombstones[result] ?? 0 }

    /// The sessions in this condition in the last answer to a heartbeat, this node's own among them.
    package func members(_ condition: Member.Condition) -> Int { members[condition] ?? 0 }

    mutating func heartbeatEnded(_ result: HeartbeatResult, took time: Duration) {
        heartbeats[result, default: DurationHistogram()].record(time)
    }

    mutating func sessionEnded(_ state: SessionMachine.State) {
        switch state {
        case .over(.expired): losses[.expired, default: 0] += 1
        case .over(.declaredDead): losses[.declaredDead, default: 0] += 1
        case .over(.left), .registering, .valid: break
        }
    }

    mutating func tombstoneEnded(_ result: TombstoneResult) {
        tombstones[result, default: 0] += 1
    }

    mutating func saw(_ members: [Member]) {
        self.members = members.reduce(into: [:]) { $0[$1.condition, default: 0] += 1 }
    }
}
