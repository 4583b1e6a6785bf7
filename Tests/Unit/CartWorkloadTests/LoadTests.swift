import Foundation
import Testing

@testable import CartLoad
@testable import CartWorkload

/// The options of the load test, its measurements and its report.
@Suite struct LoadTests {
    @Test func `a schedule is parsed into the order of its times`() throws {
        let schedule = try ChaosSchedule(" 20s start 2,10s kill 2 , 500ms pause redis,1.5m resume gateway")
        #expect(
            schedule.events.map(\.text) == ["pause redis", "kill node 2", "start node 2", "resume gateway"]
        )
        #expect(schedule.events.map(\.at) == [.milliseconds(500), .seconds(10), .seconds(20), .seconds(90)])
    }

    @Test(arguments: [
        ("", "TIME VERB WHAT"), ("kill 2", "TIME VERB WHAT"), ("10s kill 2,", "TIME VERB WHAT"),
        ("10s kil 2", "there is no 'kil'"), ("10 kill 2", "'10' is not a duration"),
        ("10s kill 0", "'0' is not a node"),
        ("10s kill nodes", "'nodes' is not a node"), ("-1s kill 2", "'-1s' is not a duration"),
    ])
    func `the error of an invalid schedule names the invalid part`(text: String, words: String) {
        #expect {
            try ChaosSchedule(text)
        } throws: { error in
            "\(error)".contains(words)
        }
    }

    @Test(arguments: ["10", "s", "10 s", "1e3s", "1.2.3s", "100000s", "ms", "∞s"])
    func `an invalid duration is refused`(text: String) {
        #expect(throws: DurationParser.ParseError.self) { try DurationParser.parse(text) }
    }

    @Test func `popularities are parsed`() throws {
        #expect(try PopularityParser.parse("uniform") == .uniform)
        #expect(try PopularityParser.parse("zipf:1.1") == .zipf(1.1))
        for text in ["", "zipf", "zipf:", "zipf:9", "zipf:-1", "zipf:x", "zipf:1:2", "Uniform"] {
            #expect(throws: PopularityParser.ParseError.self) { try PopularityParser.parse(text) }
        }
    }

    @Test func `numbers are formatted with few digits`() {
        #expect(
            [0, 999, 1_234, 12_345, 123_456, 1_234_567].map { NumberFormat.latency($0) } == [
                "0 µs", "999 µs", "1.23 ms", "12.3 ms", "123 ms", "1.23 s",
            ]
        )
        #expect(NumberFormat.grouped(1_234_567) == "1\u{202F}234\u{202F}567")
        #expect(NumberFormat.grouped(-123_456) == "-123\u{202F}456")
        #expect(NumberFormat.fixed(-0.04, 1) == "0.0")
        #expect(NumberFormat.fixed(1.999, 2) == "2.00")
        #expect(NumberFormat.plain(0.8) == "0.8")
    }

    @Test func `an operation above the limit is counted and not sent`() {
        let measurements = Measurements()
        #expect(measurements.begin(atMost: 1))
        #expect(!measurements.begin(atMost: 1))
        let operation = WorkloadOperation(OperationID(client: 1, number: 1), .read, on: CartName(0))
        let done = AttemptResult(.done(CartObservation(version: 1, lines: [])))
        measurements.end(operation, done, latency: .milliseconds(5), at: .seconds(3))
        #expect(measurements.begin(atMost: 1))
        let totals = measurements.totals(at: .seconds(4))
        #expect(totals.notSent == 1)
        #expect(LoadReport.Latencies(totals.looks).count == 1)
        #expect(totals.stall == .seconds(3))
        #expect(totals.stallAt == .zero)
    }

    @Test func `a page needs no other file and escapes text`() {
        let page = Self.report.page()
        #expect(page.contains("2 violations"))
        #expect(page.contains("I3 cart 1: &lt;script&gt; &amp;"))
        #expect(!page.contains("<script"))
        for outside in ["src=", "href=", "@import", "url("] { #expect(!page.contains(outside)) }
        #expect(page.components(separatedBy: "kill node 2").count == 5, "in three charts and the table")
    }

    private static var report: LoadReport {
        var checkResult = Violations(limit: 1)
        checkResult.add(Violation(.kept, cart: 1, "<script> &"))
        checkResult.add(Violation(.kept, cart: 2, "more"))
        var workload = WorkloadPlan()
        workload.carts = 1
        let chaos: ChaosSchedule? = try? ChaosSchedule("1s kill 2")
        let plan = LoadPlan(
            targets: ["http://127.0.0.1:1"],
            through: "nodes",
            pace: .open(rate: 10),
            duration: .seconds(3),
            workload: workload,
            connections: 1,
            inFlight: 1,
            seed: 1,
            verifies: true,
            chaos: chaos ?? ChaosSchedule(),
            clusterScript: ""
        )
        let measurements = Measurements()
        for _ in 0..<4 { _ = measurements.turn() }
        return LoadReport(
            plan: plan,
            totals: measurements.totals(at: .seconds(3)),
            history: History(carts: 1),
            checkResult: CheckResult(
                violations: checkResult.kept,
                counts: checkResult.counts,
                extent: CheckResult.Extent()
            ),
            beginning: .zero,
            took: .seconds(3),
            processor: 0.5,
            chaosFailures: []
        )
    }
}
