extension LoadReport {
    /// The report as text, for the console.
    var text: String {
        var lines = ["", row("", ["count", "per s", "p50", "p90", "p99", "p99.9", "max"])]
        lines.append(row("reads", looks))
        lines.append(row("changes", changes))
        lines.append("")
        if unsettled > 0 {
            lines.append("given up or with unknown outcome: \(NumberFormat.grouped(unsettled)) operations")
        }
        if refused > 0 { lines.append("refused by the cart: \(NumberFormat.grouped(refused)) operations") }
        if notSent > 0 {
            lines.append(
                "NOT SENT, because too many were in flight: \(NumberFormat.grouped(notSent)) operations"
            )
        }
        for (kind, count) in failures.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) }) {
            lines.append("failed attempts: \(NumberFormat.grouped(count)) × \(kind)")
        }
        lines.append(
            "longest time without a settled operation: \(NumberFormat.fixed(longestStall, 2)) s,"
                + " beginning at \(NumberFormat.fixed(longestStallAt, 1)) s"
        )
        for fault in faults {
            let time = NumberFormat.fixed(fault.at, 1)
            lines.append("\(time) s \(fault.text)\(fault.isFault ? ": " : "")\(fault.outcome)")
        }
        lines.append("the generator used \(NumberFormat.fixed(generatorProcessors, 2)) processors")
        lines += chaosFailures
        lines.append("")
        lines.append(headline + (judgement?.holds == false ? ":" : ""))
        if let judgement, !judgement.holds {
            lines += judgement.violations
            let rest = judgement.violationCount - judgement.violations.count
            if rest > 0 { lines.append("and \(NumberFormat.grouped(rest)) more") }
        } else {
            lines.append(explanation)
        }
        return lines.joined(separator: "\n")
    }

    private func row(_ name: String, _ latencies: Latencies) -> String {
        let rate = took > 0 ? Double(latencies.count) / took : 0
        let values = [latencies.p50, latencies.p90, latencies.p99, latencies.p999, latencies.max]
        return row(
            name,
            [NumberFormat.grouped(latencies.count), NumberFormat.fixed(rate, 0)]
                + values.map { NumberFormat.latency($0) }
        )
    }

    private func row(_ name: String, _ cells: [String]) -> String {
        let cells = cells.map { String(repeating: " ", count: max(0, 10 - $0.count)) + $0 }
        return name + String(repeating: " ", count: max(0, 8 - name.count)) + cells.joined()
    }
}
