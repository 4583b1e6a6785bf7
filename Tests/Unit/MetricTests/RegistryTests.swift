import CoreMetrics
import MetricReadings
import Synchronization
import Testing

@testable import PrometheusExposition

/// Scrapes, and the metrics of libraries.
@Suite(.timeLimit(.minutes(1))) struct RegistryTests {
    private let one = Metric.counter("one_total", help: "One.")
    private let two = Metric.gauge("two", help: "Two.", labels: [MetricLabel("v", oneOf: ["x"])])

    @Test func `the partitions of a metric are added up, also where they answer on another thread`() async {
        let collectors = (1...3).map { share in
            MetricCollector(of: [one]) { [one] answer in
                Task {
                    var readings = Readings()
                    readings.add(share, to: one)
                    answer(readings)
                }
            }
        }
        let registry = MetricRegistry([one], collectors: collectors)
        #expect(await registry.gather()[one].map(\.value) == [.number(6)])
    }

    @Test func `a metric of which a part is late is left out, and the others are not`() async {
        let answers = Mutex<[MetricCollector.Answer]>([])
        let prompt = MetricCollector(of: [one]) { [one] in $0.add(1, to: one) }
        let late = MetricCollector(of: [one]) { answer in answers.withLock { $0.append(answer) } }
        let other = MetricCollector(of: [two]) { [two] in $0.add(7, to: two, "x") }
        let metrics = [one, two, MetricRegistry.incompleteScrapes]
        let registry = MetricRegistry(metrics, collectors: [prompt, late, other]) {}
        let page = await registry.exposition(accept: nil).text
        #expect(!page.contains("one_total"))
        #expect(page.contains("two{v=\"x\"} 7\n"))
        #expect(page.contains("exposition_incomplete_scrapes_total 1\n"))
        // An answer that comes too late, or twice, changes nothing.
        for answer in answers.withLock({ $0 }) {
            answer(Readings())
            answer(Readings())
        }
        let next = await registry.gather()
        #expect(next[MetricRegistry.incompleteScrapes].map(\.value) == [.number(2)])
    }

    @Test func `libraries' metrics are shown under Prometheus's names`() async {
        let libraries = LibraryMetrics()
        for amount in [3, 1] {
            let method = [("http.method", "GET")]
            Counter(label: "http.requests", dimensions: method, factory: libraries).increment(by: amount)
        }
        Timer(label: "http.duration", dimensions: [], factory: libraries).recordNanoseconds(2_000_000_000)
        Gauge(label: "depth", dimensions: [], factory: libraries).record(5)
        Meter(label: "level", dimensions: [], factory: libraries).set(2.5)
        Recorder(label: "9 sizes", dimensions: [], aggregate: true, factory: libraries).record(12)
        FloatingPointCounter(label: "work", dimensions: [], factory: libraries).increment(by: 2.0)
        let page = await MetricRegistry([], collectors: [], libraries: libraries).exposition(accept: nil).text
        for line in [
            "http_requests_total{http_method=\"GET\"} 4", "http_duration_seconds_bucket{le=\"2.5\"} 1",
            "http_duration_seconds_sum 2", "depth 5", "level 2.5", "_9_sizes_bucket{le=\"10.0\"} 0",
            "_9_sizes_bucket{le=\"100.0\"} 1", "_9_sizes_sum 12", "work_total 2",
            "# HELP http_requests_total Reported by a library as http.requests.",
        ] {
            #expect(page.contains("\n\(line)\n") || page.hasPrefix("\(line)\n"), "\(line)\n\(page)")
        }
    }

    @Test func `a declared metric is fed through swift-metrics, with its own labels alone`() async {
        let libraries = LibraryMetrics(declared: [one, two])
        let registry = MetricRegistry([one, two], collectors: [], libraries: libraries)
        Counter(label: "one_total", factory: libraries).increment()
        Gauge(label: "two", dimensions: [("v", "x")], factory: libraries).record(4)
        Gauge(label: "two", dimensions: [("v", "an id")], factory: libraries).record(5)
        Gauge(label: "two", dimensions: [], factory: libraries).record(6)
        Gauge(label: "one_total", dimensions: [], factory: libraries).record(7)
        Counter(label: "one", dimensions: [("v", "x")], factory: libraries).increment()
        let readings = await registry.gather()
        #expect(readings[one].map(\.value) == [.number(1)])
        #expect(readings[two].map(\.value) == [.number(4)])
        #expect(readings[LibraryMetrics.refusedSeries].map(\.value) == [.number(4)])
        #expect(libraries.families.isEmpty)
    }

    @Test func `series beyond the limit, and of another kind, go nowhere and are counted`() async {
        let libraries = LibraryMetrics(limit: 2)
        for id in 0..<10 {
            Counter(label: "a", dimensions: [("id", "\(id)")], factory: libraries).increment()
        }
        Gauge(label: "a_total", dimensions: [], factory: libraries).record(1)
        #expect(libraries.families.map(\.series.count) == [2])
        let readings = await MetricRegistry([], collectors: [], libraries: libraries).gather()
        #expect(readings[LibraryMetrics.refusedSeries].map(\.value) == [.number(9)])
    }

    @Test func `a series that its library destroys is gone`() {
        let libraries = LibraryMetrics(limit: 1)
        let counter = Counter(label: "a", dimensions: [], factory: libraries)
        counter.increment()
        counter.destroy()
        Counter(label: "b", dimensions: [], factory: libraries).increment()
        #expect(libraries.families.map(\.metric.name) == ["b_total"])
    }
}
