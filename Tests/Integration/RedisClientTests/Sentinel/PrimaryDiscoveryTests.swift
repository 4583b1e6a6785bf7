import Testing

@testable import RedisClient

@Suite struct PrimaryDiscoveryTests {
    private static let noon = ContinuousClock.now
    private static let old = ServerAddress(host: "10.0.0.1", port: 6379)
    private static let new = ServerAddress(host: "10.0.0.2", port: 6379)
    private static let seeds = (1...3).map { seed($0) }

    private static func seed(_ number: Int) -> ServerAddress {
        ServerAddress(host: "sentinel-\(number)", port: 26_379)
    }

    private static func announced(_ number: Int) -> ServerAddress {
        ServerAddress(host: "10.1.0.\(number)", port: 26_379)
    }

    private static func answer(
        of sentinel: Int,
        _ primary: ServerAddress,
        epoch: UInt64,
        knowing others: [Int]? = nil
    ) -> SentinelAnswer {
        let others = others ?? (1...3).filter { $0 != sentinel }
        return SentinelAnswer(
            id: "id-\(sentinel)",
            primary: primary,
            epoch: epoch,
            otherCount: others.count,
            others: others.map { SentinelAnswer.Other(id: "id-\($0)", address: announced($0)) }
        )
    }

    private var discovery = PrimaryDiscovery(seeds: seeds)

    @discardableResult
    private mutating func hear(
        _ sentinel: Int,
        _ primary: ServerAddress,
        epoch: UInt64 = 1,
        after time: Duration = .zero
    ) -> PrimaryDiscovery.Change {
        let now = Self.noon + time
        return discovery.take(
            Self.answer(of: sentinel, primary, epoch: epoch),
            from: Self.seed(sentinel),
            askedAt: now,
            now: now
        )
    }

    @Test mutating func `a majority finds the primary, and a single sentinel does not`() {
        #expect(hear(1, Self.old) == .nothing)
        #expect(discovery.primary == nil && !discovery.isCertain)
        #expect(hear(2, Self.old) == .found(Self.old))
        #expect(hear(3, Self.old) == .nothing)
        #expect(discovery.primary == Self.old && discovery.isCertain && discovery.switches == 0)
    }

    @Test mutating func `another primary needs a majority too`() {
        for sentinel in 1...3 { hear(sentinel, Self.old) }
        #expect(hear(1, Self.new, epoch: 2) == .nothing)
        #expect(discovery.primary == Self.old)
        #expect(hear(2, Self.new, epoch: 2) == .switched(from: Self.old, to: Self.new, epoch: 2))
        #expect(discovery.switches == 1)
    }

    @Test mutating func `a sentinel that was cut off and says what was true once is a minority`() {
        #expect(hear(1, Self.old) == .nothing)
        #expect(hear(2, Self.new, epoch: 2) == .nothing)
        #expect(hear(3, Self.new, epoch: 2) == .found(Self.new))
        #expect(hear(1, Self.old, after: .seconds(1)) == .nothing)
        #expect(discovery.primary == Self.new)
    }

    @Test mutating func `a sentinel that has heard of no other is a minority of the seeds`() {
        let lonely = Self.answer(of: 1, Self.old, epoch: 0, knowing: [])
        let change = discovery.take(lonely, from: Self.seed(1), askedAt: Self.noon, now: Self.noon)
        #expect(change == .nothing && discovery.known == 3)
    }

    @Test func `a single seed that has heard of no other is a majority only if its quorum is 1`() {
        for (quorum, isFound) in [("1", true), ("2", false), ("3", false), ("-7", true), ("x", true)] {
            var discovery = PrimaryDiscovery(seeds: [Self.seed(1)])
            var answer = Self.answer(of: 1, Self.old, epoch: 0, knowing: [])
            answer.fields["quorum"] = quorum
            _ = discovery.take(answer, from: Self.seed(1), askedAt: Self.noon, now: Self.noon)
            #expect((discovery.primary != nil) == isFound, "\(quorum)")
        }
    }

    @Test func `no quorum counts beyond a limit`() {
        var answer = Self.answer(of: 1, Self.old, epoch: 0, knowing: [])
        answer.fields["quorum"] = "9223372036854775807"
        #expect(answer.quorum == 64)
    }

    @Test func `the sentinels that others know of count, though nobody reaches them`() {
        var discovery = PrimaryDiscovery(seeds: [Self.seed(1), Self.seed(2)])
        for sentinel in 1...2 {
            let answer = Self.answer(of: sentinel, Self.old, epoch: 1, knowing: [3, 4, 5])
            _ = discovery.take(answer, from: Self.seed(sentinel), askedAt: Self.noon, now: Self.noon)
        }
        #expect(discovery.known == 4 && discovery.majority == 3 && discovery.primary == nil)
    }

    @Test mutating func `the same server under different epochs is not the same answer`() {
        hear(1, Self.old, epoch: 1)
        #expect(hear(2, Self.old, epoch: 3) == .nothing)
        #expect(hear(3, Self.old, epoch: 3) == .found(Self.old))
    }

    @Test mutating func `one sentinel at two addresses has one voice`() {
        hear(1, Self.old)
        let again = Self.answer(of: 1, Self.old, epoch: 1)
        let change = discovery.take(again, from: Self.seed(2), askedAt: Self.noon, now: Self.noon)
        #expect(change == .nothing && discovery.answering == 1)
    }

    @Test mutating func `a sentinel that has another id after a restart has one voice`() {
        func answer(_ id: String, askedAt: Duration) -> PrimaryDiscovery.Change {
            var answer = Self.answer(of: 1, Self.old, epoch: 1)
            answer.id = id
            let instant = Self.noon + askedAt
            return discovery.take(answer, from: Self.seed(1), askedAt: instant, now: Self.noon + .seconds(2))
        }
        for number in 1...5 {
            #expect(answer("fresh-\(number)", askedAt: .milliseconds(100 * number)) == .nothing)
            #expect(discovery.answering == 1)
        }
        // What it said before the restart, and what is heard after it.
        #expect(answer("fresh-1", askedAt: .milliseconds(150)) == .nothing)
        #expect(discovery.answers.map(\.id) == ["fresh-5"])
    }

    @Test func `as many as answer are known, so that no two majorities contradict each other`() {
        var discovery = PrimaryDiscovery(seeds: [Self.seed(1)])
        func hear(_ sentinel: Int, _ primary: ServerAddress, epoch: UInt64) -> PrimaryDiscovery.Change {
            let answer = Self.answer(of: sentinel, primary, epoch: epoch, knowing: [])
            return discovery.take(answer, from: Self.seed(sentinel), askedAt: Self.noon, now: Self.noon)
        }
        #expect(hear(1, Self.old, epoch: 1) == .found(Self.old))
        #expect(hear(2, Self.new, epoch: 2) == .nothing)
        #expect(discovery.known == 2 && !discovery.isCertain)
        #expect(hear(3, Self.new, epoch: 2) == .switched(from: Self.old, to: Self.new, epoch: 2))
        #expect(hear(4, Self.old, epoch: 1) == .nothing)
        #expect(!discovery.isCertain && discovery.primary == Self.new)
    }

    @Test mutating func `an old answer no longer counts, and what was found stays`() {
        hear(1, Self.old)
        let late = PrimaryDiscovery.answerLife
        #expect(hear(2, Self.old, after: late) == .nothing)
        #expect(hear(3, Self.old, after: late) == .found(Self.old))
        discovery.miss(Self.seed(2), because: "gone", now: Self.noon + late)
        #expect(!discovery.isCertain && discovery.primary == Self.old)
        #expect(hear(1, Self.new, epoch: 9, after: late * 3) == .nothing)
        #expect(discovery.primary == Self.old && discovery.answering == 1)
    }

    @Test mutating func `an answer that comes too late, or after a newer one, says nothing`() {
        let now = Self.noon + PrimaryDiscovery.answerLife
        for sentinel in 1...3 {
            let change = discovery.take(
                Self.answer(of: sentinel, Self.old, epoch: 1),
                from: Self.seed(sentinel),
                askedAt: Self.noon,
                now: now
            )
            #expect(change == .nothing)
        }
        #expect(discovery.answering == 0)
        hear(1, Self.new, epoch: 2, after: .seconds(1))
        hear(1, Self.old, epoch: 1)
        #expect(hear(2, Self.new, epoch: 2, after: .seconds(1)) == .found(Self.new))
    }

    @Test mutating func `sentinels that were set up anew begin with lower epochs and are believed`() {
        for sentinel in 1...3 { hear(sentinel, Self.old, epoch: 7) }
        hear(1, Self.new, epoch: 0)
        #expect(hear(2, Self.new, epoch: 0) == .switched(from: Self.old, to: Self.new, epoch: 0))
    }

    @Test func `sentinels that no seed leads to are asked where the others know them`() {
        var discovery = PrimaryDiscovery(seeds: [Self.seed(1)])
        #expect(discovery.endpoints == [Self.seed(1)])
        func take(_ sentinel: Int, from place: ServerAddress) {
            let answer = Self.answer(of: sentinel, Self.old, epoch: 1)
            _ = discovery.take(answer, from: place, askedAt: Self.noon, now: Self.noon)
        }
        take(1, from: Self.seed(1))
        #expect(discovery.endpoints == [Self.seed(1), Self.announced(2), Self.announced(3)])
        take(2, from: Self.announced(2))
        take(3, from: Self.announced(3))
        #expect(discovery.endpoints == [Self.seed(1), Self.announced(2), Self.announced(3)])
        // The sentinel behind a seed is not asked at its other address as well.
        discovery.replaceSeeds([Self.seed(1), Self.seed(2)])
        take(2, from: Self.seed(2))
        take(2, from: Self.announced(2))
        #expect(discovery.endpoints == [Self.seed(1), Self.seed(2), Self.announced(3)])
    }

    @Test func `where several are given, two sentinels have to name another before it is asked`() {
        let given = [Self.seed(1), Self.seed(2)]
        var discovery = PrimaryDiscovery(seeds: given)
        func hear(_ sentinel: Int, naming others: [Int], at time: Duration) {
            let answer = Self.answer(of: sentinel, Self.old, epoch: 1, knowing: others)
            let place = sentinel < 3 ? Self.seed(sentinel) : Self.announced(sentinel)
            let now = Self.noon + time
            _ = discovery.take(answer, from: place, askedAt: now, now: now)
        }
        // The first makes two up, and says it again.
        hear(1, naming: [2, 3, 8, 9], at: .zero)
        hear(1, naming: [2, 3, 8, 9], at: .seconds(1))
        #expect(discovery.endpoints == given)
        hear(2, naming: [1, 3], at: .seconds(1))
        #expect(discovery.endpoints == given + [Self.announced(3)])
        // One that was found stays when one of those that named it falls silent.
        hear(3, naming: [1], at: .seconds(2))
        hear(1, naming: [2, 3, 8, 9], at: .seconds(6))
        #expect(discovery.answering == 1)
        #expect(discovery.endpoints == given + [Self.announced(3)])
        // And not when nobody names it.
        hear(1, naming: [2], at: .seconds(10))
        #expect(discovery.endpoints == given)
    }

    @Test func `all seeds can be replaced, and the answers of the former ones lapse`() {
        var discovery = PrimaryDiscovery(seeds: Self.seeds)
        for sentinel in 1...3 {
            let answer = Self.answer(of: sentinel, Self.old, epoch: 5)
            _ = discovery.take(answer, from: Self.seed(sentinel), askedAt: Self.noon, now: Self.noon)
        }
        let fresh = (7...9).map { Self.seed($0) }
        discovery.replaceSeeds(fresh)
        let later = Self.noon + PrimaryDiscovery.answerLife
        var changes: [PrimaryDiscovery.Change] = []
        for sentinel in 7...9 {
            let others = (7...9).filter { $0 != sentinel }
            let answer = Self.answer(of: sentinel, Self.new, epoch: 0, knowing: others)
            changes.append(
                discovery.take(answer, from: Self.seed(sentinel), askedAt: later, now: later)
            )
        }
        #expect(changes[1] == .switched(from: Self.old, to: Self.new, epoch: 0))
        #expect(discovery.endpoints == fresh)
    }

    @Test func `the number of sentinels to ask is limited`() {
        var discovery = PrimaryDiscovery(seeds: [Self.seed(1)])
        let many = Self.answer(of: 1, Self.old, epoch: 1, knowing: Array(2...60))
        _ = discovery.take(many, from: Self.seed(1), askedAt: Self.noon, now: Self.noon)
        #expect(discovery.endpoints.count == PrimaryDiscovery.endpointLimit)
        #expect(discovery.known == 60)
    }

    @Test mutating func `the reason for which there is no majority names who said what`() {
        #expect(discovery.problem == "no sentinel has answered yet")
        discovery.miss(Self.seed(1), because: "refused", now: Self.noon)
        #expect(discovery.problem == "no sentinel answers (sentinel-1:26379: refused)")
        hear(2, Self.new)
        #expect(
            discovery.problem == "2 of 3 known sentinels have to name one primary, and 1 answer: "
                + "1 of them 10.0.0.2:6379; no answer from sentinel-1:26379"
        )
    }
}
