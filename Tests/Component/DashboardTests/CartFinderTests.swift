import ActorRuntime
import MetricReadings
import Ownership
import Testing

@testable import CartNode
@testable import Dashboard

@Suite struct CartFinderTests {
    private func owner(_ condition: OwnerKnowledge, named name: String? = nil) -> CartFinding.Owner {
        CartFinding.Owner(
            SessionID("s"),
            named: name,
            condition: condition,
            silentAfter: .milliseconds(1_500)
        )
    }

    private func present(_ condition: Member.Condition) -> MembershipObserver.SessionStatus {
        let card = NodeCard(name: "n2", link: "l", build: "b")
        let session = SessionID("s")
        return .present(
            Member(session: session, counter: 1, condition: condition, settled: "", card: card)
        )
    }

    @Test func `a cart of this node lives here, is about to go, or has no valid session`() {
        #expect(owner(.own(isDraining: false, mayAct: true), named: "n1").condition == .alive)
        #expect(owner(.own(isDraining: false, mayAct: true), named: "n1").name == "n1")
        #expect(owner(.own(isDraining: true, mayAct: true)).condition == .draining)
        #expect(owner(.own(isDraining: false, mayAct: false)).condition == .silent)
    }

    @Test func `a cart of another node lives there, is about to go, or its owner is silent`() {
        let short = MembershipObserver.Silence(lasted: .milliseconds(1_499), left: .seconds(4))
        let long = MembershipObserver.Silence(lasted: .milliseconds(1_500), left: .seconds(4))
        #expect(owner(.other(present(.alive), nil)).condition == .alive)
        #expect(owner(.other(present(.alive), short)).condition == .alive)
        #expect(owner(.other(present(.alive), short)).silence == nil)
        #expect(owner(.other(present(.draining), short)).condition == .draining)
        let silent = owner(.other(present(.alive), long))
        #expect(silent.condition == .silent && silent.name == "n2")
        #expect(silent.silence == Silence(lasted: 1.5, left: 4))
    }

    @Test func `a dead owner keeps the name under which it was seen`() {
        #expect(owner(.other(.dead, nil), named: "n2").condition == .dead)
        #expect(owner(.other(.dead, nil), named: "n2").name == "n2")
        #expect(owner(.other(.absent, nil)).condition == .unknown)
        #expect(owner(.other(.absent, nil)).name == nil)
    }

    // MARK: What Redis has

    private func fields(_ fields: [(String, String)]) -> [(name: [UInt8], value: [UInt8])] {
        fields.map { (Array($0.0.utf8), Array($0.1.utf8)) }
    }

    @Test func `a record that was claimed and never committed is empty, and has an owner`() {
        let (record, owner) = CartFinding.Record.read(
            fields([("o", "s1"), ("e", "1700000000000000"), ("a", "1"), ("q", "0")]),
            life: .seconds(60)
        )
        #expect(record.state == .empty)
        #expect(record.version == nil)
        #expect(owner == SessionID("s1"))
        #expect(record.ownedSince == 1_700_000_000_000)
        #expect(record.expiresIn == 60)
        // Every name and value.
        #expect(record.bytes == 24)
    }

    @Test func `a released record has no owner`() {
        let (_, owner) = CartFinding.Record.read(
            fields([("o", ""), ("e", "1"), ("a", "1"), ("q", "0")]),
            life: nil
        )
        #expect(owner == nil)
    }

    @Test func `content that cannot be read says so, and its owner is told all the same`() {
        let unknown = fields([("o", "s1"), ("e", "1"), ("a", "1"), ("q", "5"), ("c", "x"), ("s", "?")])
        let (record, owner) = CartFinding.Record.read(unknown, life: nil)
        #expect(record.state == .unreadable)
        #expect(record.version == 5)
        #expect(owner == SessionID("s1"))
        let (foreign, nobody) = CartFinding.Record.read(fields([("q", "x")]), life: nil)
        #expect(foreign.state == .unreadable && foreign.version == nil && nobody == nil)
    }

    // MARK: Metrics by name

    @Test func `totals add a family's series up, or those with a label`() {
        let requests = Metric.counter(
            "cart_http_requests_total",
            help: "x",
            labels: [MetricLabel("status", oneOf: ["200", "404"])]
        )
        let results = [MetricLabel("result", oneOf: ["committed", "fenced"])]
        let commits = Metric.durations("cart_commit_duration_seconds", help: "x", labels: results)
        var durations = DurationHistogram()
        durations.record(.milliseconds(1))
        var readings = Readings()
        readings.add(3, to: requests, "200")
        readings.add(4, to: requests, "404")
        readings.add(durations, to: commits, "committed")
        readings.add(durations, to: commits, "fenced")
        let totals = NodeTotals(readings, of: [requests, commits])
        #expect(totals.requests == 7)
        #expect(totals.commits == 1)
        // What did not answer in time is unknown.
        #expect(NodeTotals(Readings(), of: [requests, commits]).requests == nil)
    }

    @Test func `totals of families that are not declared are unknown, and not zero`() {
        let totals = NodeTotals(Readings(), of: [])
        #expect(totals.requests == nil)
        #expect(totals.commits == nil)
        #expect(totals.requestTimes == nil)
        #expect(totals.sweeps == 0)
    }
}
