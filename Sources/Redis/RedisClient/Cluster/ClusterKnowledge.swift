/// What a process knows of a Redis Cluster, whom it asks next, and what is worth a line of the log. Pure.
struct ClusterKnowledge: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// The time for which what is known counts as fresh.
    static let freshness: Duration = .seconds(3)
    /// The time without any answer after which that is logged.
    private static let patience: Duration = .seconds(5)
    /// The time for which a server without a connection is a reason to ask often.
    private static let urgency: Duration = .seconds(10)
    /// The most nodes that are asked for one answer, seeds not counted.
    private static let roundLimit = 16

    /// What is worth a line of the log.
    enum News: Equatable, Sendable {
        case none
        /// No node has answered for a while.
        case lost
        /// A node answers again.
        case found
    }

    private(set) var slots = SlotMap()
    /// The address that each client without a connection to its server cannot reach.
    private var troubles: [ObjectIdentifier: ServerAddress] = [:]
    /// When the first of them lost its connection.
    private var troubledSince: Instant?
    /// The node that said something that is not known.
    private var hint: ServerAddress?
    /// When a node last said something.
    private var heardAt: Instant?
    /// When nodes were first asked and did not answer.
    private var silentSince: Instant?
    private var hasComplained = false
    /// The ids of the primaries that a line of the log was last about.
    private var reported: Set<String> = []
    /// The last failures since a node said something, by the addresses that were asked.
    private var silences: [ServerAddress: String] = [:]

    /// True if a node is to be asked without another reason.
    func isStale(at now: Instant) -> Bool {
        guard let heardAt, slots.map.isFull else { return true }
        return now - heardAt >= Self.freshness
    }

    /// True while a client is without a connection to its server.
    var isTroubled: Bool { !troubles.isEmpty }

    /// True if that has been so for a while.
    func isPatient(at now: Instant) -> Bool { troubledSince.map { now - $0 >= Self.urgency } ?? false }

    /// The reason why no server is known, in words.
    var problem: String {
        guard !silences.isEmpty else {
            guard heardAt != nil else { return "no node of the Redis Cluster has answered yet" }
            let hole = slots.map.owners.firstIndex(of: ClusterMap.nobody)
            return hole.map { "no server of the Redis Cluster serves slot \($0)" } ?? "the servers are known"
        }
        let reasons = silences.map { "\($0.key): \($0.value)" }.sorted()
        return "no node of the Redis Cluster answers (\(reasons.joined(separator: "; ")))"
    }

    /// Whom to ask, one after another until one answers: whoever said something new, a random primary and the others,
    /// replicas, and the seeds. Those that a client cannot reach come last.
    ///
    /// - Parameter seeds: are always among them, because all else may be gone for good.
    mutating func candidates(
        seeds: [ServerAddress],
        using generator: inout some RandomNumberGenerator
    ) -> [ClusterNodeTarget] {
        let known = slots.places
        let unreachable = Set(troubles.values)
        var order: [ClusterNodeTarget] = []
        if let hint, let place = slots.place(at: hint) { order.append(place) }
        hint = nil
        order += known.primaries.shuffled(using: &generator) + known.others.shuffled(using: &generator)
        let seeds = seeds.shuffled(using: &generator).map { ClusterNodeTarget(address: $0) }
        order += seeds
        order =
            order.filter { !unreachable.contains($0.address) }
            + order.filter { unreachable.contains($0.address) }
        var seen: Set<ServerAddress> = []
        let first = order.filter { seen.insert($0.address).inserted }.prefix(Self.roundLimit)
        let asked = Set(first.map(\.address))
        return first + seeds.filter { !asked.contains($0.address) }
    }

    /// A node was asked for what it knows.
    ///
    /// - Returns: whether that was of use. One that cannot reach most of the primaries may know nothing new: others are
    ///   asked too.
    mutating func take(_ answer: ClusterInquiry.Answer, now: Instant) -> Bool {
        switch slots.take(answer.word, addresses: answer.addresses, asked: answer.asked) {
        case .foreign:
            miss(answer.asked, because: "it belongs to another Redis Cluster than before", now: now)
            return false
        case .none, .changed:
            heard(at: now)
            return answer.word.isOfMajority
        }
    }

    /// A node said what it knows, and no addresses.
    ///
    /// - Returns: whether addresses are missing.
    mutating func learn(_ word: ClusterNodes, now: Instant) -> Bool {
        guard let own = slots.address(of: word.own.id) else { return true }
        _ = slots.take(word, addresses: nil, asked: own)
        heard(at: now)
        return slots.lacksAddress(in: word)
    }

    /// A node did not answer, or said nothing of use.
    mutating func miss(_ place: ServerAddress, because reason: String, now: Instant) {
        silentSince = silentSince ?? heardAt ?? now
        guard silences[place] != nil || silences.count < ClusterNodes.nodeLimit else { return }
        silences[place] = reason
    }

    /// A server redirects calls for a slot.
    ///
    /// - Returns: whether the other server is known.
    mutating func move(_ slot: UInt16, to address: ServerAddress, toldBy asked: ServerAddress) -> Bool {
        hint = asked
        return slots.move(slot, to: address)
    }

    /// A client cannot reach its server.
    ///
    /// - Returns: false if that was known.
    mutating func lose(_ address: ServerAddress, by client: ObjectIdentifier, now: Instant) -> Bool {
        troubledSince = troubledSince ?? now
        return troubles.updateValue(address, forKey: client) != address
    }

    /// A client can reach its server, or needs it no more.
    mutating func regain(by client: ObjectIdentifier) {
        troubles[client] = nil
        if troubles.isEmpty { troubledSince = nil }
    }

    /// What is new since the last time.
    mutating func news(at now: Instant) -> News {
        guard let silentSince else {
            defer { hasComplained = false }
            return hasComplained ? .found : .none
        }
        guard !hasComplained, now - silentSince >= Self.patience else { return .none }
        hasComplained = true
        return .lost
    }

    /// The addresses of the primaries, if these are others than the last time, and not the first ones.
    mutating func otherPrimaries() -> [ServerAddress]? {
        let ids = Set(slots.map.servers.compactMap(\.?.id))
        defer { reported = ids }
        guard !reported.isEmpty, ids != reported else { return nil }
        return slots.map.servers.compactMap(\.?.address)
    }

    private mutating func heard(at now: Instant) {
        heardAt = now
        silentSince = nil
        silences = [:]
    }
}
