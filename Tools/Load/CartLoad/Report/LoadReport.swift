import CartWorkload

/// What came of a load test, as it is printed, written as JSON and shown as a page.
struct LoadReport: Sendable, Codable {
    struct Pair: Sendable, Codable {
        let name: String
        let value: String
    }

    /// Latencies in microseconds.
    struct Latencies: Sendable, Codable {
        let count: UInt64
        let p50, p90, p99, p999, max: UInt64
    }

    struct Fault: Sendable, Codable {
        /// In seconds since the load began.
        let at: Double
        let text: String
        /// Whether it took something away; only then there is something to recover from.
        let isFault: Bool
        /// Carts that failed or kept a client waiting.
        let hurtCarts: Int
        /// Of those, carts that took no change any more.
        let lostCarts: Int
        /// In seconds, until the first change after it succeeded anywhere.
        let firstChange: Double?
        /// In seconds, until no cart failed or kept anybody waiting any more.
        let recovered: Double?
    }

    struct CheckSummary: Sendable, Codable {
        let holds: Bool
        let violations: [String]
        let violationCount: Int
        let unreadCarts: Int
        let acknowledged: Int
        let unknown: Int
        let versions: Int
    }

    let settings: [Pair]
    /// In seconds, for how long operations were begun.
    let loadSeconds: Double
    /// In seconds, until the last operation ended.
    let took: Double
    let looks: Latencies
    let changes: Latencies
    /// Operations that were given up, or whose outcome stays unknown.
    let unsettled: Int
    /// Operations that the cart itself refused.
    let refused: Int
    /// Operations of an open loop that were due and not sent.
    let notSent: Int
    /// Attempts that failed, by what was told.
    let failures: [String: Int]
    /// In seconds.
    let longestStall: Double
    let longestStallAt: Double
    let faults: [Fault]
    /// Nil where nobody checked.
    let judgement: CheckSummary?
    /// How many processors the generator kept busy.
    let generatorProcessors: Double
    let chaosFailures: [String]
    let seconds: [PerSecondStatistics]

    init(
        _ plan: LoadPlan,
        _ totals: Measurements.Totals,
        _ history: History,
        checkResult: CheckResult?,
        beginning: Duration,
        took: Duration,
        processor: Double,
        chaosFailures: [String]
    ) {
        settings = plan.settings.map { Pair(name: $0.name, value: $0.value) }
        loadSeconds = plan.duration / .seconds(1)
        self.took = took / .seconds(1)
        looks = Latencies(totals.looks)
        changes = Latencies(totals.changes)
        unsettled = totals.unsettled
        refused = totals.refused
        notSent = totals.notSent
        failures = totals.failures
        longestStall = totals.stall / .seconds(1)
        longestStallAt = totals.stallAt / .seconds(1)
        faults = Fault.all(of: plan.chaos, at: plan.targets.count, history, beginning: beginning)
        judgement = checkResult.map { CheckSummary($0) }
        generatorProcessors = processor
        self.chaosFailures = chaosFailures
        seconds = totals.seconds
    }

    /// Whether nothing is wrong: no violation, every cart readable, all faults made as asked.
    var isGood: Bool {
        chaosFailures.isEmpty && (judgement.map { $0.holds && $0.unreadCarts == 0 } ?? true)
    }

    /// Operations settled in a second, over the whole.
    var rate: Double { took > 0 ? Double(looks.count + changes.count) / took : 0 }
}
