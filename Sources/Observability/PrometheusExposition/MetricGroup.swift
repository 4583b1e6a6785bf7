package import MetricReadings

/// The declared metrics of one subject, under a heading of the handbook.
package struct MetricGroup: Sendable {
    package let title: String
    package let metrics: [Metric]

    package init(title: String, metrics: [Metric]) {
        self.title = title
        self.metrics = metrics
    }

    /// The handbook's table of the group, in Markdown.
    package var table: String {
        let rows = metrics.map { metric in
            let labels = metric.labels.map(Self.text(of:)).joined(separator: "; ")
            return "| `\(metric.name)` | \(Self.word(for: metric.kind)) | \(labels) | \(metric.help) |"
        }
        return (["", "## \(title)", "", "| metric | type | labels | meaning |", "|---|---|---|---|"] + rows)
            .joined(separator: "\n") + "\n"
    }

    private static func text(of label: MetricLabel) -> String {
        switch label.values {
        case .oneOf(let values): "`\(label.name)`: \(values.map { "`\($0)`" }.joined(separator: ", "))"
        case .fixed(let meaning), .bounded(let meaning): "`\(label.name)`: \(meaning)"
        }
    }

    private static func word(for kind: Metric.Kind) -> String {
        switch kind {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        case .info: "info"
        }
    }
}
