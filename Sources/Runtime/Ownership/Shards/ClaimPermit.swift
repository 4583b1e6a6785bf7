/// Whether an actor in a slot may be claimed at an instant.
package enum ClaimPermit: Equatable, Sendable {
    case allowed(ClaimGrounds)
    /// Not yet: until the instant at the earliest, or until something is heard.
    case waits(ClaimObstacle, until: ContinuousClock.Instant?)
    /// A server imports the slot that its server does not migrate: an operator has to repair the slot.
    case halfOpen(StoreSlot)
    /// No server says that it serves the slot.
    case unserved(StoreSlot)
}

/// Under which conditions an actor in a slot may be claimed.
package struct ClaimGrounds: Equatable, Sendable {
    /// The facts of all of Where.
    package let generation: Generation
    /// The slot's stamp.
    package let stamp: SlotStamp
    package let trust: TombstoneTrust

    package init(generation: Generation, stamp: SlotStamp, trust: TombstoneTrust) {
        self.generation = generation
        self.stamp = stamp
        self.trust = trust
    }

    /// True if what was decided on the other grounds holds on these: under the same Where and facts.
    package func upholds(_ earlier: ClaimGrounds) -> Bool {
        stamp == earlier.stamp && generation == earlier.generation
    }
}

/// Which tombstones a claim in a slot may rely on, by the instant at which this node learned of them. What the dead
/// session committed last may lie on a promoted server that this node has not heard of.
package struct TombstoneTrust: Equatable, Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// Those that were learned by then: no server that was replaced before can answer any more. Nil for all.
    let before: Instant?
    /// Those that were learned in this time: the slot's servers were confirmed by others since.
    let confirmed: Range<Instant>?

    init(before: Instant?, confirmed: Range<Instant>? = nil) {
        self.before = before
        self.confirmed = confirmed
    }

    /// Every tombstone counts.
    package static let all = TombstoneTrust(before: nil)

    package func covers(tombstoneLearnedAt instant: Instant) -> Bool {
        guard let before else { return true }
        return instant <= before || confirmed?.contains(instant) == true
    }
}

/// The reason for which claims in a slot wait.
package enum ClaimObstacle: Hashable, Sendable {
    /// The server was not heard within a right.
    case silent(StoreServerID)
    /// The server was first heard, or has lost data, less than G ago.
    case changed(StoreServerID)
    /// The server's answers were interrupted less than U ago.
    case interrupted(StoreServerID)
    /// The slot has moved less than G ago.
    case moved
    /// The primary was not heard since the slot's last change.
    case unheard(StoreServerID)

    /// One line for a person.
    package var reason: String {
        switch self {
        case .silent(let server): "its server \(server) does not answer"
        case .changed(let server): "its server \(server) is new, or was restarted or replaced, a moment ago"
        case .interrupted(let server): "its server \(server) did not answer a moment ago"
        case .moved: "its slot has moved a moment ago"
        case .unheard(let server): "the server \(server) has not answered since its slot has changed"
        }
    }
}

extension ClaimPermit {
    /// One line for a person; nil where nothing is in the way.
    package var reason: String? {
        switch self {
        case .allowed: nil
        case .waits(let obstacle, _): obstacle.reason
        case .halfOpen(let slot): "its slot \(slot) was left half open by a migration and must be repaired"
        case .unserved(let slot): "no server serves its slot \(slot)"
        }
    }
}
