package import CoreMetrics
package import MetricReadings
internal import Synchronization

/// The metrics that libraries report through swift-metrics. A metric of a declared name is that metric; every
/// other is described as far as its name and kind tell.
///
/// There is a limit on the series: a library that puts ids into labels must not fill the memory. What is beyond
/// it, and what contradicts a declaration or an earlier series, goes nowhere and is counted.
package final class LibraryMetrics: MetricsFactory {
    /// Counts what was refused.
    package static let refusedSeries = Metric.counter(
        "exposition_refused_series_total",
        help: "Series of libraries that are not shown: too many, or not of the kind of their metric."
    )

    private struct Key: Hashable {
        let name: String
        let labels: [String]
    }

    private struct State {
        var metrics: [String: Metric] = [:]
        var series: [Key: LibrarySeries] = [:]
        var refused = 0
    }

    private let declared: [String: Metric]
    private let limit: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - declared: metrics that may be fed through swift-metrics under their own names.
    ///   - limit: the most series.
    package init(declared: [Metric] = [], limit: Int = 2_048) {
        self.declared = Dictionary(declared.map { ($0.name, $0) }) { first, _ in first }
        self.limit = limit
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(.counter, label, of: dimensions) ?? NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(.gauge, label, of: dimensions) ?? NOOPMetricsHandler.instance
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        series(aggregate ? .sizes : .gauge, label, of: dimensions) ?? NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(.durations, label, of: dimensions) ?? NOOPMetricsHandler.instance
    }

    package func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

    private func destroy(_ handler: AnyObject) {
        state.withLock { state in
            guard let key = state.series.first(where: { $0.value === handler })?.key else { return }
            state.series[key] = nil
            if !state.series.keys.contains(where: { $0.name == key.name }) { state.metrics[key.name] = nil }
        }
    }

    /// The series of these labels, which may exist already; nil where it is refused.
    private func series(
        _ form: LibrarySeries.Form,
        _ label: String,
        of dimensions: [(String, String)]
    ) -> LibrarySeries? {
        let described = form.metric(label)
        let metric = declared[label] ?? declared[described.name] ?? described
        let labels = dimensions.map { (name: LibraryName.label($0.0), value: $0.1) }
        let key = Key(name: metric.name, labels: labels.flatMap { [$0.name, $0.value] })
        let isFitting =
            form.feeds(metric) && Set(labels.map(\.name)).count == labels.count
            && (declared[metric.name] == nil || metric.names(labels))
        return state.withLock { state in
            if isFitting, let series = state.series[key], series.form == form { return series }
            let known = state.metrics[metric.name] ?? metric
            guard isFitting, known.kind == metric.kind, state.series[key] == nil, state.series.count < limit
            else {
                state.refused += 1
                return nil
            }
            let series = LibrarySeries(form, labels: labels)
            state.metrics[metric.name] = known
            state.series[key] = series
            return series
        }
    }

    // MARK: Scrapes

    /// Adds what was reported under declared names.
    func addDeclared(to readings: inout Readings) {
        let (present, refused) = state.withLock { (Array($0.series), $0.refused) }
        readings.add(refused, to: Self.refusedSeries)
        for (key, series) in present {
            guard let metric = declared[key.name] else { continue }
            readings.add(series.value, to: metric, labels: series.labels.map(\.value))
        }
    }

    /// The metrics that are not declared, by name.
    var families: [MetricFamily] {
        let (metrics, present) = state.withLock { ($0.metrics, $0.series) }
        let byName = Dictionary(grouping: present, by: \.key.name)
        return metrics.values.filter { declared[$0.name] == nil }.sorted { $0.name < $1.name }.map { metric in
            let series = (byName[metric.name] ?? []).sorted {
                $0.key.labels.lexicographicallyPrecedes($1.key.labels)
            }
            return MetricFamily(metric, series: series.map { .init(labels: $1.labels, value: $1.value) })
        }
    }
}

extension Metric {
    /// True if these are the metric's own labels, in their order.
    fileprivate func names(_ labels: [(name: String, value: String)]) -> Bool {
        self.labels.map(\.name) == labels.map(\.name) && accepts(labels.map(\.value))
    }
}
