/// A metric as it is declared: everything about it but its values.
///
/// Names follow the conventions of Prometheus: base units as a suffix (`_seconds`, `_bytes`), `_total` for
/// counters. The values of labels come from closed sets, never from ids or from what a client sends.
package struct Metric: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Only grows, and begins at 0 with the process.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts values by size. The bounds are those of the buckets, ascending, each inclusive; one more
        /// bucket without a bound follows.
        case histogram(bounds: [Double])
        /// Is always 1; its labels are what it tells.
        case info
    }

    /// A base unit; each is the suffix of the names of its metrics.
    package enum Unit: String, Hashable, CaseIterable, Sendable {
        case seconds, bytes
    }

    package let name: String
    package let kind: Kind
    /// Nil for a plain number.
    package let unit: Unit?
    /// One sentence that says what the value means.
    package let help: String
    package let labels: [MetricLabel]

    package init(
        name: String,
        kind: Kind,
        unit: Unit? = nil,
        help: String,
        labels: [MetricLabel] = []
    ) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.help = help
        self.labels = labels
    }

    package static func counter(
        _ name: String,
        unit: Unit? = nil,
        help: String,
        labels: [MetricLabel] = []
    ) -> Metric {
        Metric(name: name, kind: .counter, unit: unit, help: help, labels: labels)
    }

    package static func gauge(
        _ name: String,
        unit: Unit? = nil,
        help: String,
        labels: [MetricLabel] = []
    ) -> Metric {
        Metric(name: name, kind: .gauge, unit: unit, help: help, labels: labels)
    }

    /// A histogram of durations, fed by `DurationHistogram`.
    package static func durations(_ name: String, help: String, labels: [MetricLabel] = []) -> Metric {
        Metric(
            name: name,
            kind: .histogram(bounds: DurationHistogram.bounds),
            unit: .seconds,
            help: help,
            labels: labels
        )
    }

    /// A histogram of whole numbers, fed by `SizeHistogram`.
    package static func sizes(_ name: String, help: String, labels: [MetricLabel] = []) -> Metric {
        Metric(name: name, kind: .histogram(bounds: SizeHistogram.bounds), help: help, labels: labels)
    }

    package static func info(_ name: String, help: String, labels: [MetricLabel]) -> Metric {
        Metric(name: name, kind: .info, help: help, labels: labels)
    }

    /// By the name, which tells metrics apart.
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// True if these are values of the metric's labels, in their order.
    package func accepts(_ values: [String]) -> Bool {
        values.count == labels.count && zip(labels, values).allSatisfy { $0.accepts($1) }
    }
}
