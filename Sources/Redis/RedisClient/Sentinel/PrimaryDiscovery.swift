/// Decides which server is the primary, from what sentinels answer. Pure: somebody else asks them.
///
/// The primary is the server that a majority of the known sentinels names under one and the same epoch. Known are
/// the seeds, or as many as any of those that answer has heard of, or as many as their quorum takes, or as many as
/// answer: there are never two majorities at a time. A sentinel that was cut off and one that nobody else has heard
/// of yet are a minority, whatever they say, unless it is the only seed and its quorum is 1. A fail-over needs a
/// majority too, so two majorities, one after the other, have a sentinel in common, and that one never goes back to
/// an earlier epoch.
///
/// What was found stays until a majority says otherwise: without a majority of sentinels there is no fail-over. It
/// is necessary and not sufficient. Whoever connects checks the server's role, and an old primary that comes back
/// is harmless only because no replica confirms its heartbeats.
package struct PrimaryDiscovery: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// The time after the question for which an answer counts: a few rounds.
    package static let answerLife: Duration = .seconds(3)
    /// The most sentinels that are asked.
    package static let endpointLimit = 16

    private struct Vote {
        var answer: SentinelAnswer
        /// The address by which the sentinel was asked.
        var place: ServerAddress
        var askedAt: Instant
    }

    private struct Claim: Hashable {
        var primary: ServerAddress
        var epoch: UInt64
    }

    /// What an answer has changed.
    package enum Change: Sendable, Equatable {
        case nothing
        case found(ServerAddress)
        case switched(from: ServerAddress, to: ServerAddress, epoch: UInt64)
    }

    /// Sentinels that are always asked.
    private(set) var seeds: [ServerAddress]
    /// The primary; nil before a majority has named one.
    package private(set) var primary: ServerAddress?
    /// The number of times that it became another.
    package private(set) var switches: UInt64 = 0
    /// By the sentinels' ids, however many addresses they have. No two have the same place.
    private var votes: [String: Vote] = [:]
    /// The addresses that sentinels have told of each other and that may be asked. Whoever is asked gets the password:
    /// two sentinels have to name an address, unless only one is given. Then it stays for as long as one names it.
    private var vouched: Set<ServerAddress> = []
    /// The last failures, by the addresses that were asked.
    private var silences: [ServerAddress: String] = [:]

    package init(seeds: [ServerAddress]) {
        self.seeds = seeds
    }

    /// The seeds are these from now on. What is known otherwise stays, until answers say something else.
    package mutating func replaceSeeds(_ seeds: [ServerAddress]) {
        self.seeds = seeds
    }

    /// A sentinel has answered.
    ///
    /// - Parameters:
    ///   - place: the address by which it was asked.
    ///   - askedAt: the instant before the question was sent.
    package mutating func take(
        _ answer: SentinelAnswer,
        from place: ServerAddress,
        askedAt: Instant,
        now: Instant
    ) -> Change {
        silences[place] = nil
        // Asked at two addresses, a sentinel may be heard in another order than it spoke.
        let isLate = votes.contains {
            ($0.key == answer.id || $0.value.place == place) && $0.value.askedAt > askedAt
        }
        guard !isLate else { return .nothing }
        // One place has one voice: a sentinel that was set up anew has another id, and its former voice lapses.
        votes = votes.filter { $0.key == answer.id || $0.value.place != place }
        // The seeds come first: what sentinels say of each other may be an address that nobody else reaches.
        let former = votes[answer.id]?.place
        let kept = former.map { seeds.contains($0) && !seeds.contains(place) } ?? false
        votes[answer.id] = Vote(answer: answer, place: kept ? former ?? place : place, askedAt: askedAt)
        // This one too may have come too late.
        forget(before: now)
        vouch()
        return decide()
    }

    /// A sentinel did not answer, or said nothing of the primary.
    package mutating func miss(_ place: ServerAddress, because reason: String, now: Instant) {
        votes = votes.filter { $0.value.place != place }
        forget(before: now)
        silences[place] = reason
        let asked = Set(endpoints).union([place])
        silences = silences.filter { asked.contains($0.key) }
    }

    private mutating func forget(before now: Instant) {
        votes = votes.filter { now - $0.value.askedAt < Self.answerLife }
    }

    private mutating func vouch() {
        var voices: [ServerAddress: Int] = [:]
        for vote in votes.values {
            // One that answers was asked for a reason.
            let named = Set(vote.answer.others.map(\.address)).union([vote.place])
            for address in named { voices[address, default: 0] += 1 }
        }
        let needed = seeds.count == 1 ? 1 : 2
        vouched = Set(voices.filter { $0.value >= needed || vouched.contains($0.key) }.keys)
    }

    private mutating func decide() -> Change {
        guard let chosen = majorityClaim, chosen.primary != primary else { return .nothing }
        let former = primary
        primary = chosen.primary
        guard let former else { return .found(chosen.primary) }
        switches += 1
        return .switched(from: former, to: chosen.primary, epoch: chosen.epoch)
    }

    private var claims: [Claim: Int] {
        votes.values.reduce(into: [:]) { claims, vote in
            claims[Claim(primary: vote.answer.primary, epoch: vote.answer.epoch), default: 0] += 1
        }
    }

    private var majorityClaim: Claim? {
        claims.filter { $0.value >= majority }.keys.max { $0.epoch < $1.epoch }
    }

    /// The number of sentinels that have answered lately.
    package var answering: Int { votes.count }

    /// The number of sentinels that there are, as far as anybody has said.
    package var known: Int {
        let heardOf = votes.values.map { max($0.answer.otherCount + 1, $0.answer.quorum) }.max() ?? 0
        return max(seeds.count, votes.count, heardOf)
    }

    /// The number of sentinels that have to agree.
    package var majority: Int { known / 2 + 1 }

    /// True if a majority names one server now.
    package var isCertain: Bool { majorityClaim != nil }

    /// The newest answers.
    package var answers: [SentinelAnswer] { votes.values.map(\.answer).sorted { $0.id < $1.id } }

    /// Whom to ask: the seeds, and those that enough sentinels know of and that no seed has led to.
    package var endpoints: [ServerAddress] {
        let others = votes.values.flatMap(\.answer.others).filter { other in
            votes[other.id].map { $0.place == other.address } ?? true
        }
        let learned = Set(others.map(\.address)).intersection(vouched).subtracting(seeds)
        let ordered = learned.sorted { ($0.host, $0.port) < ($1.host, $1.port) }
        return Array((seeds + ordered).prefix(Self.endpointLimit))
    }

    /// The primary and the sentinels that are asked for it, in words; nil before a majority has named one.
    package var announcement: String? {
        primary.map { primary in
            let seeds = seeds.map(\.description).joined(separator: ", ")
            return "the sentinels (\(seeds)) announce the primary at \(primary)"
        }
    }

    /// The reason why there is no majority, in words.
    package var problem: String {
        guard !votes.isEmpty else {
            let reasons = silences.sorted { "\($0.key)" < "\($1.key)" }.map { "\($0.key): \($0.value)" }
            return reasons.isEmpty
                ? "no sentinel has answered yet" : "no sentinel answers (\(reasons.joined(separator: "; ")))"
        }
        let said = claims.map { "\($0.value) of them \($0.key.primary)" }.sorted().joined(separator: ", ")
        let unheard = silences.keys.map(\.description).sorted().joined(separator: ", ")
        return "\(majority) of \(known) known sentinels have to name one primary, and \(votes.count) answer: "
            + said + (unheard.isEmpty ? "" : "; no answer from \(unheard)")
    }
}
