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
    /// Each event of a schedule, and how the carts recovered from it until the next fault.
    static func all(of chaos: ChaosSchedule, at targets: Int, _ history: History, beginning: Duration)
        -> [LoadReport.Fault]
    {
        guard !chaos.events.isEmpty else { return [] }
        let attempts = history.attempts
        return chaos.events.enumerated().map { place, event in
            let next = chaos.events.dropFirst(place + 1).first { $0.verb.isFault && $0.at > event.at }
            // Who has one place to ask only is hurt where that is gone.
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

    /// What became of the carts, in words.
    var outcome: String {
        guard isFault else { return "" }
        guard hurtCarts > 0 else { return "no cart kept anybody waiting" }
        let carts = "\(NumberFormat.grouped(hurtCarts)) cart\(hurtCarts == 1 ? "" : "s")"
        let first = firstChange.map { ", the first change after \(NumberFormat.fixed($0, 2)) s" } ?? ""
        let all = recovered.map { ", all again after \(NumberFormat.fixed($0, 1)) s" } ?? ""
        let lost = lostCarts > 0 ? ", \(NumberFormat.grouped(lostCarts)) not changed again" : ""
        return "\(carts) failed or waited\(first)\(all)\(lost)"
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
    /// The one line that matters.
    var headline: String {
        guard let judgement else { return "not verified" }
        if !judgement.holds { return "\(NumberFormat.grouped(judgement.violationCount)) violations" }
        if judgement.unreadCarts > 0 {
            return "\(NumberFormat.grouped(judgement.unreadCarts)) carts can not be read"
        }
        if !chaosFailures.isEmpty { return "every promise held, but not every fault was made" }
        if notSent > 0 { return "every promise held, but not every operation was sent" }
        return "every promise held"
    }

    /// How the headline is to be taken.
    var severity: Severity {
        guard let judgement else { return .open }
        guard judgement.holds, judgement.unreadCarts == 0 else { return .bad }
        return chaosFailures.isEmpty && notSent == 0 ? .good : .mixed
    }

    enum Severity: String {
        case good, mixed, bad, open
    }

    /// What the headline stands on.
    var explanation: String {
        guard let judgement else { return "the history was not checked (--verify does)" }
        let changes = "\(NumberFormat.grouped(judgement.acknowledged)) changes were acknowledged"
        let unknown = "\(NumberFormat.grouped(judgement.unknown)) are of unknown outcome"
        let extent = "checked over \(NumberFormat.grouped(judgement.versions)) versions of the carts"
        guard judgement.holds else { return "\(changes), \(unknown); \(extent)" }
        return "\(changes), and each is in its cart exactly once; \(unknown); \(extent)"
    }

    var settled: UInt64 { looks.count + changes.count }
}
