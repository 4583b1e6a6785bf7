package import MetricReadings
internal import Synchronization

/// The metrics of a process: those that are declared, the sources of their values, and those of libraries.
package final class MetricRegistry: Sendable {
    /// A page of metrics, as it is sent.
    package struct Exposition: Sendable {
        package let contentType: String
        package let text: String
    }

    /// Counts the scrapes that some collector did not answer in time.
    package static let incompleteScrapes = Metric.counter(
        "exposition_incomplete_scrapes_total",
        help: "Scrapes that left metrics out because their source did not answer in time."
    )

    private let metrics: [Metric]
    private let collectors: [MetricCollector]
    private let libraries: LibraryMetrics?
    private let patience: @Sendable () async -> Void
    private let incomplete = Atomic<Int>(0)

    /// - Parameters:
    ///   - metrics: the declared metrics, in the order in which they are written.
    ///   - libraries: the metrics that libraries report through swift-metrics.
    ///   - patience: returns when a scrape has waited for its collectors for long enough.
    package init(
        _ metrics: [Metric],
        collectors: [MetricCollector],
        libraries: LibraryMetrics? = nil,
        patience: @escaping @Sendable () async -> Void = MetricRegistry.twoSeconds
    ) {
        self.metrics = metrics
        self.collectors = collectors
        self.libraries = libraries
        self.patience = patience
    }

    /// Prometheus gives a scrape ten seconds by default.
    package static func twoSeconds() async {
        do {
            try await ContinuousClock().sleep(for: .seconds(2))
        } catch {
            // Cancelled: the scrape is complete, or nobody wants it any more.
        }
    }

    /// Asks all collectors and writes what they tell.
    ///
    /// - Parameter accept: the request's `Accept` field.
    package func exposition(accept: String?) async -> Exposition {
        let format = ExpositionFormat(accept: accept)
        let readings = await gather()
        let families = metrics.map { MetricFamily($0, readings) } + (libraries?.families ?? [])
        return Exposition(
            contentType: format.contentType,
            text: ExpositionWriter.text(of: families, in: format)
        )
    }

    /// The declared metrics' present values. A metric of which a collector did not answer in time is missing.
    package func gather() async -> Readings {
        let gathering = Gathering(of: collectors.count)
        for (number, collector) in collectors.enumerated() {
            collector.ask { gathering.answered(number, $0) }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await gathering.wait() }
            group.addTask { [patience] in
                await patience()
                gathering.close()
            }
            await group.next()
            group.cancelAll()
            // Ends the one that is left.
            gathering.close()
        }
        var (readings, late) = gathering.result
        for number in late { readings.remove(collectors[number].metrics) }
        // A scraper that goes away early says nothing of the collectors.
        if !late.isEmpty, !Task.isCancelled { incomplete.add(1, ordering: .relaxed) }
        readings.add(incomplete.load(ordering: .relaxed), to: Self.incompleteScrapes)
        libraries?.addDeclared(to: &readings)
        return readings
    }
}
