import CartWorkload
import Histogram

extension LoadReport.Latencies {
    init(_ histogram: Histogram<UInt64>) {
        count = histogram.totalCount
        let isEmpty = histogram.totalCount == 0
        p50 = isEmpty ? 0 : histogram.valueAtPercentile(50)
        p90 = isEmpty ? 0 : histogram.valueAtPercentile(90)
        p99 = isEmpty ? 0 : histogram.valueAtPercentile(99)
        p999 = isEmpty ? 0 : histogram.valueAtPercentile(99.9)
        max = isEmpty ? 0 : histogram.max
    }
}

extension LoadReport.Fault {
    /// Each event of a schedule, with the recovery of the carts until the next fault.
    static func all(
        of chaos: ChaosSchedule,
        at targets: Int,
        _ history: History,
        beginning: Duration
    ) -> [LoadReport.Fault] {
        guard !chaos.events.isEmpty else { return [] }
        let attempts = history.attempts
        return chaos.events.enumerated().map { place, event in
            let next = chaos.events.dropFirst(place + 1).first { $0.verb.isFault && $0.at > event.at }
            // With a single target, an attempt that finds it gone has nowhere else to go.
            let hasOthers = targets > 1
            let recovery = Recovery(
                attempts,
                after: beginning + event.at,
                until: next.map { beginning + $0.at },
                forgivingUnreached: hasOthers
            )
            return LoadReport.Fault(
                at: event.at / .seconds(1),
                text: event.text,
                isFault: event.verb.isFault,
                hurtCarts: recovery.hurt,
                lostCarts: recovery.lost,
                firstChange: recovery.first.map { $0 / .seconds(1) },
                recovered: recovery.worst.map { $0 / .seconds(1) }
            )
        }
    }

    /// The effect on the carts, as a phrase.
    var outcome: String {
        guard isFault else { return "" }
        guard hurtCarts > 0 else { return "no attempt failed or waited" }
        let carts = "\(NumberFormat.grouped(hurtCarts)) cart\(hurtCarts == 1 ? "" : "s")"
        let first = firstChange.map { ", the first change after \(NumberFormat.fixed($0, 2)) s" } ?? ""
        let all = recovered.map { ", all recovered after \(NumberFormat.fixed($0, 1)) s" } ?? ""
        let lost = lostCarts > 0 ? ", \(NumberFormat.grouped(lostCarts)) never recovered" : ""
        return "\(carts) had attempts that failed or waited\(first)\(all)\(lost)"
    }
}

extension LoadReport.CheckSummary {
    init(_ checkResult: CheckResult) {
        holds = checkResult.holds
        violations = checkResult.violations.map(\.description)
        violationCount = checkResult.count
        unreadCarts = checkResult.extent.unread
        acknowledged = checkResult.extent.acknowledged
        unknown = checkResult.extent.unknown
        versions = checkResult.extent.versions
    }
}

extension LoadReport {
    /// The verdict in one line.
    var headline: String {
        guard let judgement else { return "not verified" }
        if !judgement.holds { return "\(NumberFormat.grouped(judgement.violationCount)) violations" }
        if judgement.unreadCarts > 0 {
            return "\(NumberFormat.grouped(judgement.unreadCarts)) carts cannot be read"
        }
        if !chaosFailures.isEmpty { return "every promise held, but not every fault was injected" }
        if notSent > 0 { return "every promise held, but not every operation was sent" }
        return "every promise held"
    }

    /// The colour of the headline.
    var severity: Severity {
        guard let judgement else { return .open }
        guard judgement.holds, judgement.unreadCarts == 0 else { return .bad }
        return chaosFailures.isEmpty && notSent == 0 ? .good : .mixed
    }

    enum Severity: String {
        case good, mixed, bad, open
    }

    /// The evidence for the headline.
    var explanation: String {
        guard let judgement else { return "the history was not checked (use --verify)" }
        let changes = "\(NumberFormat.grouped(judgement.acknowledged)) changes were acknowledged"
        let unknown = "\(NumberFormat.grouped(judgement.unknown)) are of unknown outcome"
        let extent = "checked over \(NumberFormat.grouped(judgement.versions)) versions of the carts"
        guard judgement.holds else { return "\(changes), \(unknown); \(extent)" }
        return "\(changes), and each had effect exactly once; \(unknown); \(extent)"
    }

    var settled: UInt64 { looks.count + changes.count }
}
