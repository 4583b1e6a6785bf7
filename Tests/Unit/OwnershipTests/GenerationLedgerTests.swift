import Ownership
import Testing

@Suite struct GenerationLedgerTests {
    let start = ContinuousClock.now
    let noon = StoreTime(1_700_000_000_000_000)
    let policy = LeasePolicy(length: .seconds(5), margin: .milliseconds(500), heartbeatInterval: .seconds(1))
    let first = Generation(dataSet: "a", run: "1", replication: "x")
    let second = Generation(dataSet: "a", run: "2", replication: "x")

    private func knowing(_ generation: Generation, settled: Bool = false, live: Bool = false)
        -> GenerationLedger
    {
        var ledger = GenerationLedger(policy: policy)
        _ = ledger.observe(
            generation,
            storeTime: noon,
            at: start,
            settledElsewhere: settled,
            nothingLive: !live
        )
        return ledger
    }

    @Test func `before Redis answered nothing is settled and nothing swept`() {
        let ledger = GenerationLedger(policy: policy)
        #expect(ledger.current == nil)
        #expect(!ledger.isSwept)
        #expect(ledger.settled(at: start + .seconds(100)) == nil)
    }

    @Test func `a generation settles when it was known for longer than any older lease can last`() {
        let ledger = knowing(first)
        #expect(ledger.settlesAt == start + .milliseconds(5_500))
        #expect(ledger.settled(at: start + .milliseconds(5_499)) == nil)
        #expect(ledger.settled(at: start + .milliseconds(5_500)) == first)
        #expect(knowing(first, settled: true).settlesAt == nil)
    }

    @Test func `a generation that somebody calls settled is settled at once`() {
        #expect(knowing(first, settled: true).settled(at: start) == first)
        var ledger = knowing(first)
        _ = ledger.observe(
            first,
            storeTime: noon,
            at: start + .seconds(1),
            settledElsewhere: true,
            nothingLive: true
        )
        #expect(ledger.settled(at: start + .seconds(1)) == first)
    }

    @Test func `settled once is settled for as long as the generation lasts`() {
        var ledger = knowing(first, settled: true)
        _ = ledger.observe(
            first,
            storeTime: noon,
            at: start + .seconds(1),
            settledElsewhere: false,
            nothingLive: true
        )
        #expect(ledger.settled(at: start + .seconds(1)) == first)
    }

    @Test(arguments: [
        Generation(dataSet: "b", run: "1", replication: "x"),
        Generation(dataSet: "a", run: "2", replication: "x"),
        Generation(dataSet: "a", run: "1", replication: "y"),
    ])
    func `any of the three ids makes another generation, which waits and is swept anew`(other: Generation) {
        var ledger = knowing(first, settled: true)
        let later = start + .seconds(60)
        let action = ledger.observe(
            other,
            storeTime: noon,
            at: later,
            settledElsewhere: false,
            nothingLive: false
        )
        #expect(action == .sweep(Sweep(generation: other, number: 1)))
        #expect(!ledger.isSwept)
        #expect(ledger.settled(at: later + .milliseconds(5_499)) == nil)
        #expect(ledger.settled(at: later + .milliseconds(5_500)) == other)
    }

    @Test func `where nothing is live there is nothing to sweep`() {
        var ledger = knowing(first)
        #expect(
            ledger.observe(second, storeTime: noon, at: start, settledElsewhere: false, nothingLive: true)
                == .none
        )
        #expect(ledger.isSwept)
    }

    @Test func `a sweep is asked for once a generation`() {
        var ledger = knowing(first, live: true)
        #expect(
            ledger.observe(first, storeTime: noon, at: start, settledElsewhere: false, nothingLive: false)
                == .none
        )
        #expect(!ledger.isSwept)
    }

    @Test func `the end of a sweep counts only for the generation in force`() {
        var ledger = knowing(first, live: true)
        let later = ledger.observe(
            second,
            storeTime: noon,
            at: start,
            settledElsewhere: false,
            nothingLive: false
        )
        ledger.sweepFinished(Sweep(generation: first, number: 1))
        #expect(!ledger.isSwept)
        #expect(later == .sweep(Sweep(generation: second, number: 2)))
        ledger.sweepFinished(Sweep(generation: second, number: 2))
        #expect(ledger.isSwept)
    }

    @Test func `the end of a former sweep does not count when its generation comes again`() {
        var ledger = knowing(first, live: true)
        for generation in [second, first] {
            _ = ledger.observe(
                generation,
                storeTime: noon,
                at: start,
                settledElsewhere: false,
                nothingLive: false
            )
        }
        ledger.sweepFinished(Sweep(generation: first, number: 1))
        #expect(!ledger.isSwept)
        ledger.sweepFinished(Sweep(generation: first, number: 3))
        #expect(ledger.isSwept)
    }

    @Test func `waiting settles a generation only once it outlasts the longest lease known`() {
        var ledger = GenerationLedger(policy: policy)
        ledger.learnLease(.seconds(1))
        _ = ledger.observe(first, storeTime: noon, at: start, settledElsewhere: false, nothingLive: true)
        #expect(ledger.settlesAt == start + .milliseconds(5_500))
        ledger.learnLease(.seconds(8))
        ledger.learnLease(.seconds(1))
        #expect(ledger.settlesAt == start + .milliseconds(8_500))
        #expect(ledger.settled(at: start + .milliseconds(8_499)) == nil)
        #expect(ledger.settled(at: start + .milliseconds(8_500)) == first)
    }

    @Test func `a new session has nothing to sweep`() {
        var ledger = knowing(first, live: true)
        ledger.sessionBegan()
        #expect(ledger.isSwept)
        var unknown = GenerationLedger(policy: policy)
        unknown.sessionBegan()
        #expect(unknown.state == .unknown)
    }

    @Test func `a sweep is under way until it ends, another generation comes, or the session ends`() {
        let sweep = Sweep(generation: first, number: 1)
        var ledger = knowing(first, live: true)
        #expect(ledger.isUnderWay(sweep))
        var newer = ledger
        _ = newer.observe(second, storeTime: noon, at: start, settledElsewhere: false, nothingLive: false)
        #expect(!newer.isUnderWay(sweep))
        #expect(newer.isUnderWay(Sweep(generation: second, number: 2)))
        _ = newer.observe(first, storeTime: noon, at: start, settledElsewhere: false, nothingLive: false)
        #expect(!newer.isUnderWay(sweep))
        var successor = ledger
        successor.sessionBegan()
        #expect(!successor.isUnderWay(sweep))
        ledger.sweepFinished(sweep)
        #expect(!ledger.isUnderWay(sweep))
    }

    // MARK: What is put back

    @Test func `what is put back names the generation in force and the end of the session's right`() {
        var ledger = knowing(first)
        let end = start + .milliseconds(4_321)
        let terms = SurrenderTerms(generation: first, notAfter: StoreTime(noon.rawValue + 4_321_000))
        #expect(ledger.surrenderTerms(until: end) == terms)
        // The clock of another store may show anything.
        let other = StoreTime(5_000_000)
        _ = ledger.observe(
            second,
            storeTime: other,
            at: start + .seconds(1),
            settledElsewhere: false,
            nothingLive: false
        )
        let newer = SurrenderTerms(generation: second, notAfter: StoreTime(5_000_000 + 3_321_000))
        #expect(ledger.surrenderTerms(until: end) == newer)
    }

    @Test func `without a right, what is put back is late on every clock`() {
        #expect(knowing(first).surrenderTerms(until: nil)?.notAfter == .past)
        #expect(GenerationLedger(policy: policy).surrenderTerms(until: start) == nil)
    }
}
