package import MetricReadings

/// A metric with all its series, ready to be written.
package struct MetricFamily: Sendable, Equatable {
    package struct Series: Sendable, Equatable {
        package let labels: [(name: String, value: String)]
        package let value: Readings.Value

        package init(labels: [(name: String, value: String)], value: Readings.Value) {
            self.labels = labels
            self.value = value
        }

        package static func == (one: Series, other: Series) -> Bool {
            one.value == other.value && one.labels.elementsEqual(other.labels, by: ==)
        }
    }

    package let metric: Metric
    package let series: [Series]

    package init(_ metric: Metric, series: [Series]) {
        self.metric = metric
        self.series = series
    }

    /// A declared metric with its readings.
    init(_ metric: Metric, _ readings: Readings) {
        self.init(
            metric,
            series: readings[metric].map { labels, value in
                Series(labels: Array(zip(metric.labels.map(\.name), labels)), value: value)
            }
        )
    }
}
