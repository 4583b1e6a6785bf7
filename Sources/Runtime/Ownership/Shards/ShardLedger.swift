/// Decides what the words of a store's servers allow: where each slot lies, until when an actor there may be
/// answered from memory, and when one may be claimed.
///
/// The rules are those of the failure model ("Redis that fails over and scales out"), and their proof is the model
/// in `docs/model/cluster`. Slots whose rights grew and ended together share a group: a word costs as many steps as
/// there are groups, and only a word that is news is compared slot by slot.
package struct ShardLedger: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// The outcome of a word.
    package enum Hearing: Equatable, Sendable {
        /// It gives no right, and says nothing: its server has newer facts, or was replaced.
        case ignored
        /// Nothing but time has passed.
        case unchanged
        /// Some right has passed, or is not what it was: activations are to be looked after.
        case lapsed
        /// Some slot has another Where or other facts than before, too: activations are to be compared.
        case changed
    }

    /// The newest word of a server, and what became of it before.
    struct Server: Sendable {
        var word: ServerWord
        /// The instant before the probe was handed to the connection.
        var sentAt: Instant
        var receivedAt: Instant
        /// The receipt of the first word with the present generation.
        var changedAt: Instant
        /// The receipt of the first word after the last silence that was as long as a right.
        var resumedAt: Instant
        /// True if others have claimed all its slots with higher epochs: it was replaced.
        var isSuperseded = false
    }

    /// Slots with one Where, and one history of it.
    struct Group: Sendable {
        var place: SlotPlace?
        var stamp: SlotStamp
        /// The end of the right under the stamp; nil where some server in Where was not heard.
        var deadline: Instant?
        /// Rights of former stamps that have not passed.
        var ended: [SlotRights.EndedRight] = []
        /// The receipt of the last change of Where, or of the facts of a server in it; nil before the first.
        var changedAt: Instant?
        /// The same without the changes of a generation.
        var movedAt: Instant?
        /// True once every primary was asked and heard after the last change.
        var hasHeardEveryone = false
    }

    package private(set) var policy: ShardPolicy
    var servers: [StoreServerID: Server] = [:]
    var groups: [Group] = [Group(place: nil, stamp: SlotStamp(0))]
    /// The place in `groups` of each slot's.
    var groupOf = [UInt16](repeating: 0, count: StoreSlot.count)
    /// The primaries that have to be heard after a change, in order.
    var primaries: [StoreServerID] = []
    /// Those of them that serve slots: the votes of these promote a replica.
    var voters: [StoreServerID] = []
    /// Servers that import slots.
    var importers: [StoreServerID] = []
    /// The highest configuration epoch that any server has heard of, and the receipt of the first word with it.
    var clusterEpoch: UInt64 = 0
    var clusterEpochSince: Instant?
    private var stamps: UInt32 = 0
    /// The number of words that counted.
    private(set) var revision: UInt64 = 0

    package init(policy: ShardPolicy) {
        self.policy = policy
    }

    /// Takes in the length of another session's lease.
    package mutating func learnLease(_ length: Duration) { policy.learnLease(length) }

    /// Takes in the servers' node timeout.
    package mutating func learnNodeTimeout(_ timeout: Duration) { policy.learnNodeTimeout(timeout) }

    /// Takes in the answer to a probe.
    ///
    /// - Parameter sentAt: the instant *before* the probe was handed to the connection.
    package mutating func hear(_ word: ServerWord, sentAt: Instant, receivedAt now: Instant) -> Hearing {
        if word.clusterEpoch > clusterEpoch || clusterEpochSince == nil {
            clusterEpoch = word.clusterEpoch
            clusterEpochSince = now
        }
        let former = servers[word.server]
        if let former, sentAt < former.sentAt { return .ignored }
        let isNews = former.map { !$0.word.saysTheSame(as: word) } ?? true
        if SafetyRule.oldFactsIgnored.holds {
            if let former, word.epoch < former.word.epoch { return .ignored }
            if isNews ? isSuperseded(word) : former?.isSuperseded == true { return .ignored }
        }
        let isLost = former.map { !$0.word.generation.isSameLife(as: word.generation) } ?? true
        let isMoved = !isLost && former?.word.epoch != word.epoch && SafetyRule.epochInFacts.holds
        let isResumed = former.map { $0.sentAt + policy.right <= now } ?? true
        servers[word.server] = Server(
            word: word,
            sentAt: sentAt,
            receivedAt: now,
            changedAt: isLost ? now : former?.changedAt ?? now,
            resumedAt: isResumed ? now : former?.resumedAt ?? now
        )
        let stampsBefore = stamps
        revision += 1
        var hasMoved = false
        if isNews {
            if former.map({ !$0.word.claimsTheSame(as: word) }) ?? true { hasMoved = regroup(at: now) }
            findPrimaries(at: now)
        }
        if isLost || isMoved {
            for index in groups.indices where groups[index].place?.includes(word.server) == true {
                noteChange(ofGroup: index, isMoved: isMoved, at: now)
            }
        }
        for index in groups.indices { renewDeadline(ofGroup: index, at: now) }
        noteEveryoneHeard()
        guard stamps != stampsBefore else { return .unchanged }
        return isLost || isMoved || hasMoved ? .changed : .lapsed
    }

    /// A server in Where has other facts than before.
    private mutating func noteChange(ofGroup index: Int, isMoved: Bool, at now: Instant) {
        var group = groups[index]
        group.changedAt = now
        group.hasHeardEveryone = false
        if isMoved { group.movedAt = now }
        if SafetyRule.verifyAfterChange.holds { endStamp(of: &group, at: now) }
        groups[index] = group
    }

    /// The right ends with what it has now. It grows again for who compares, or claims, under the next stamp.
    mutating func endStamp(of group: inout Group, at now: Instant) {
        group.ended.removeAll { $0.deadline <= now }
        if let deadline = group.deadline, deadline > now {
            group.ended.append(SlotRights.EndedRight(stamp: group.stamp, deadline: deadline))
        }
        stamps &+= 1
        group.stamp = SlotStamp(stamps)
        group.deadline = nil
    }

    private mutating func renewDeadline(ofGroup index: Int, at now: Instant) {
        var group = groups[index]
        // What has passed comes back by a claim only.
        if let passed = group.deadline, passed <= now, SafetyRule.lapseNeedsClaim.holds {
            endStamp(of: &group, at: now)
        }
        var deadline = group.place.flatMap(right(at:)).flatMap { $0 > now ? $0 : nil }
        // No right is lowered: a server in Where was replaced by one that is not in it.
        if let given = group.deadline, given > now, deadline.map({ $0 < given }) ?? true {
            if SafetyRule.verifyAfterChange.holds { endStamp(of: &group, at: now) } else { deadline = given }
        }
        group.deadline = deadline
        groups[index] = group
    }

    /// The end of the right that the newest words of Where give; nil where there is none.
    private func right(at place: SlotPlace) -> Instant? {
        guard let server = end(of: place.server) else { return nil }
        guard let target = place.target, SafetyRule.bothShards.holds else { return server }
        return end(of: target).map { min($0, server) }
    }

    private func end(of id: StoreServerID) -> Instant? {
        guard let server = servers[id], !server.isSuperseded else { return nil }
        return server.sentAt + policy.right
    }

    private mutating func noteEveryoneHeard() {
        var earliest: Instant?
        for id in primaries {
            guard let server = servers[id] else { return }
            earliest = min(earliest ?? server.sentAt, server.sentAt)
        }
        guard let earliest else { return }
        for index in groups.indices where !groups[index].hasHeardEveryone {
            guard let changedAt = groups[index].changedAt, changedAt <= earliest else { continue }
            groups[index].hasHeardEveryone = true
        }
    }
}
