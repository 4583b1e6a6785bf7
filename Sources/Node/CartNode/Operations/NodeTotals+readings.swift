import Dashboard
import MetricReadings

extension NodeTotals {
    /// The totals among a node's metrics, by the names of their families. What is not declared, or did not
    /// answer in time, is nil: a total with a part missing would look like a burst a second later.
    init(_ readings: Readings, of metrics: [Metric] = NodeMetrics.all) {
        self.init()
        let families = Families(readings: readings, metrics: Dictionary(metrics.map { ($0.name, $0) }) { $1 })
        let counts = ["cart_http_requests_total", "cart_grpc_calls_total"].compactMap { families.sum($0) }
        requests = counts.isEmpty ? nil : counts.reduce(0, +)
        // Plain requests are those over HTTP; a call over gRPC may be a stream.
        requestTimes = families.buckets("cart_http_request_duration_seconds")
        commits = families.sum("cart_commit_duration_seconds", of: ["committed"])
        restores = families.sum("cart_restore_duration_seconds", of: ["restored", "taken_over"])
        takeovers = families.sum("cart_restore_duration_seconds", of: ["taken_over"])
        droppedCarts = families.sum("cart_dropped_actors_total") ?? 0
        sweeps = families.sum("cart_sweep_duration_seconds") ?? 0
        abandonedSweeps = families.sum("cart_abandoned_sweeps_total") ?? 0
        sweptCarts = families.sum("cart_swept_actors_total") ?? 0
        differingCarts = families.sum("cart_swept_differing_actors_total") ?? 0
        expiredSessions = families.sum("cart_sessions_lost_total", of: ["expired"]) ?? 0
        sessionsDeclaredDead = families.sum("cart_sessions_lost_total", of: ["declared_dead"]) ?? 0
    }
}

/// Readings by the names of their families.
private struct Families {
    let readings: Readings
    let metrics: [String: Metric]

    /// The sum of a family's series, of a histogram the number of its values.
    ///
    /// - Parameter labels: counts only series that have one of these as a label's value; nil for all.
    /// - Returns: nil if the family is not declared or has no series now.
    func sum(_ name: String, of labels: Set<String>? = nil) -> Double? {
        guard let metric = metrics[name] else { return nil }
        let series = readings[metric]
        guard !series.isEmpty else { return nil }
        return series.reduce(0) { sum, series in
            if let labels, labels.isDisjoint(with: series.labels) { return sum }
            switch series.value {
            case .number(let number): return sum + number
            case .histogram(let counts, _): return sum + Double(counts.reduce(0, &+))
            }
        }
    }

    /// The counts of all series of a histogram together; nil if it has none now.
    func buckets(_ name: String) -> NodeTotals.Buckets? {
        guard let metric = metrics[name], case .histogram(let bounds) = metric.kind else { return nil }
        let series = readings[metric]
        guard !series.isEmpty else { return nil }
        let counts = series.reduce(into: [UInt64](repeating: 0, count: bounds.count + 1)) {
            guard case .histogram(let more, _) = $1.value, more.count == $0.count else { return }
            for (at, count) in more.enumerated() { $0[at] &+= count }
        }
        return NodeTotals.Buckets(bounds: bounds, counts: counts)
    }
}
