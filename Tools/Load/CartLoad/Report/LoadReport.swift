import CartWorkload

/// The result of a load test, which is printed, written as JSON and shown as an HTML page.
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
        /// The time of the event, in seconds since the load began.
        let at: Double
        let text: String
        /// The event took a service away, so that there is a recovery to measure.
        let isFault: Bool
        /// Carts with attempts that failed or waited.
        let hurtCarts: Int
        /// Those of them that accepted no change afterwards.
        let lostCarts: Int
        /// The time until the first success of a change that was sent after it, in seconds.
        let firstChange: Double?
        /// The time until no attempt failed or waited any more, in seconds.
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
    /// The duration of the load in seconds.
    let loadSeconds: Double
    /// The time until the end of the last operation, in seconds.
    let took: Double
    let looks: Latencies
    let changes: Latencies
    /// Operations that were given up, or whose outcome is unknown.
    let unsettled: Int
    /// Operations that the cart refused.
    let refused: Int
    /// Operations of an open loop that were due and not sent.
    let notSent: Int
    /// Failed attempts by the reason that the client was given.
    let failures: [String: Int]
    /// The longest time without a settled operation, and when it began, in seconds.
    let longestStall: Double
    let longestStallAt: Double
    let faults: [Fault]
    /// Nil if the history was not checked.
    let judgement: CheckSummary?
    /// The average number of processors that the generator used.
    let generatorProcessors: Double
    let chaosFailures: [String]
    let seconds: [PerSecondStatistics]

    init(
        plan: LoadPlan,
        totals: Measurements.Totals,
        history: History,
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

    /// No violation, every cart readable, and every fault injected.
    var isGood: Bool {
        chaosFailures.isEmpty && (judgement.map { $0.holds && $0.unreadCarts == 0 } ?? true)
    }

    /// Settled operations a second, on average.
    var rate: Double { took > 0 ? Double(looks.count + changes.count) / took : 0 }
}
