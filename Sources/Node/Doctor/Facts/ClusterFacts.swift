internal import Ownership
package import RedisActorStore

/// The membership of the cluster, read twice.
package struct ClusterFacts: Sendable {
    package var first: MembershipReading
    package var last: MembershipReading
    /// The time between the two readings.
    package var pause: Duration

    package init(first: MembershipReading, last: MembershipReading, pause: Duration) {
        self.first = first
        self.last = last
        self.pause = pause
    }

    /// The sessions whose heartbeats came between the readings.
    var live: [Member] { last.members.filter { !wasSilent($0) } }

    /// The sessions without a heartbeat in that time.
    var silent: [Member] { last.members.filter(wasSilent) }

    private func wasSilent(_ member: Member) -> Bool {
        first.members.contains { $0.session == member.session && $0.counter == member.counter }
    }
}

extension Member {
    /// The node's name for an operator; the session where it has none.
    var label: String { card.name.isEmpty ? session.rawValue : card.name }
}
