/// The servers that may execute commands for a slot, by the word of the one that serves it ("Where").
package struct SlotPlace: Hashable, Sendable {
    /// The server that says itself that it serves the slot.
    package let server: StoreServerID
    /// The server that takes the slot, while it migrates.
    package let target: StoreServerID?

    package init(server: StoreServerID, target: StoreServerID? = nil) {
        self.server = server
        self.target = target
    }

    func includes(_ server: StoreServerID) -> Bool { self.server == server || target == server }

    var servers: [StoreServerID] { target.map { [server, $0] } ?? [server] }
}

/// Names one Where of a slot under facts that did not change, without an interruption. Never used twice.
package struct SlotStamp: Hashable, Sendable {
    package let rawValue: UInt32

    package init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }
}

/// Until when actors may be answered from memory, as of one moment. On the hot path.
///
/// An activation remembers the stamp under which it was claimed, or last compared with its record. Under the
/// present stamp of its slot its right grows; under a former one it lasts as long as it did when that stamp ended.
package struct SlotRights: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// The right under a stamp that has ended.
    package struct EndedRight: Equatable, Sendable {
        package let stamp: SlotStamp
        package let deadline: Instant
    }

    struct Right: Sendable {
        let stamp: SlotStamp
        let deadline: Instant?
        let ended: [EndedRight]
    }

    private let rights: [Right]
    private let rightOf: [UInt16]
    /// Grows with each word: of two the one with the higher number is newer.
    package let revision: UInt64

    /// - Parameter rightOf: the place in `rights` of each slot's.
    init(_ rights: [Right], rightOf: [UInt16], revision: UInt64) {
        self.rights = rights
        self.rightOf = rightOf
        self.revision = revision
    }

    /// Nothing was heard yet.
    package static let none = SlotRights(
        [Right(stamp: SlotStamp(0), deadline: nil, ended: [])],
        rightOf: [UInt16](repeating: 0, count: StoreSlot.count),
        revision: 0
    )

    /// The stamp of the slot that is in force.
    package func stamp(of slot: StoreSlot) -> SlotStamp { rights[Int(rightOf[Int(slot.rawValue)])].stamp }

    /// True if an actor in the slot, with this stamp, may be answered at `now`.
    package func mayAct(in slot: StoreSlot, since stamp: SlotStamp, at now: Instant) -> Bool {
        guard let deadline = deadline(in: slot, since: stamp) else { return !SafetyRule.shardRight.holds }
        return now < deadline || !SafetyRule.shardRight.holds
    }

    /// The end of the right of an actor in the slot with this stamp; nil where it has passed for good.
    package func deadline(in slot: StoreSlot, since stamp: SlotStamp) -> Instant? {
        // By its place, as a copy would count references.
        let place = Int(rightOf[Int(slot.rawValue)])
        if rights[place].stamp == stamp { return rights[place].deadline }
        return rights[place].ended.first { $0.stamp == stamp }?.deadline
    }

    /// True if some right ends in this time: activations have to be looked after.
    package func hasEnd(after former: Instant, until now: Instant) -> Bool {
        rights.contains { right in
            if let deadline = right.deadline, former < deadline, deadline <= now { return true }
            return right.ended.contains { former < $0.deadline && $0.deadline <= now }
        }
    }
}

extension ShardLedger {
    /// The rights of all slots.
    package var rights: SlotRights {
        SlotRights(
            groups.map { SlotRights.Right(stamp: $0.stamp, deadline: $0.deadline, ended: $0.ended) },
            rightOf: groupOf,
            revision: revision
        )
    }

    func group(of slot: StoreSlot) -> Group { groups[Int(groupOf[Int(slot.rawValue)])] }

    /// Where the slot lies; nil if no server says that it serves it.
    package func place(of slot: StoreSlot) -> SlotPlace? { group(of: slot).place }

    /// The facts of all of Where, and the stamp under which they were heard; nil where a server in it never was.
    package func facts(of slot: StoreSlot) -> (generation: Generation, stamp: SlotStamp)? {
        generation(of: slot).map { ($0, group(of: slot).stamp) }
    }

    /// The facts of all of Where; nil where a server in it was never heard.
    package func generation(of slot: StoreSlot) -> Generation? { place(of: slot).flatMap(generation(at:)) }

    func generation(at place: SlotPlace) -> Generation? {
        guard let server = servers[place.server]?.word.generation else { return nil }
        guard let target = place.target else { return server }
        return servers[target].map { server.migrating(to: $0.word.generation) }
    }

    /// The terms on which an actor in the slot may be put back until `deadline`; nil where Where was not heard.
    ///
    /// Their time is one that none of the servers in Where shows after the deadline.
    package func returnTerms(in slot: StoreSlot, until deadline: Instant?) -> SurrenderTerms? {
        guard let place = place(of: slot), let generation = generation(at: place) else { return nil }
        guard let deadline else { return SurrenderTerms(generation: generation, notAfter: .past) }
        let times = place.servers.compactMap { servers[$0] }.map { server in
            StoreClockReading(server.word.time, receivedAt: server.receivedAt).time(notAfter: deadline)
        }
        return SurrenderTerms(generation: generation, notAfter: times.min() ?? .past)
    }
}
