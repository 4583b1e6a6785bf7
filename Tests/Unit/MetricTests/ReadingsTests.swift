import MetricReadings
import Testing

/// Plain numbers, and what becomes of those of several sources.
@Suite struct ReadingsTests {
    @Test func `a duration falls into the first bucket whose bound it does not exceed`() {
        var histogram = DurationHistogram()
        let durations: [Duration] = [
            .seconds(-1), .zero, .microseconds(50), .nanoseconds(50_001), .milliseconds(1), .seconds(30),
            .seconds(31), .seconds(Int64.max), .seconds(Int64.min),
        ]
        for duration in durations { histogram.record(duration) }
        let filled = histogram.counts.enumerated().filter { $0.element > 0 }
        #expect(filled.map(\.offset) == [0, 1, 4, 17, 18])
        #expect(filled.map(\.element) == [4, 1, 1, 1, 2])
        #expect(histogram.count == UInt64(durations.count))
        #expect(DurationHistogram.bounds.first == 0.000_05)
        #expect(DurationHistogram.bounds.last == 30)
        #expect(DurationHistogram.bounds.count + 1 == histogram.counts.count)
    }

    @Test func `the sum is that of the durations, in seconds`() throws {
        let metric = Metric.durations("a_seconds", help: "A.")
        var histogram = DurationHistogram()
        histogram.record(.milliseconds(1_500))
        histogram.record(.milliseconds(250))
        histogram.record(.milliseconds(-5))
        var readings = Readings()
        readings.add(histogram, to: metric)
        let value = try #require(readings[metric].first?.value)
        #expect(value == .histogram(counts: histogram.counts, sum: 1.75))
    }

    @Test func `what sources tell of one series adds up`() {
        let counter = Metric.counter("a_total", help: "A.", labels: [MetricLabel("v", oneOf: ["x", "y"])])
        let durations = Metric.durations("b_seconds", help: "B.")
        var histogram = DurationHistogram()
        histogram.record(.seconds(1))
        var (one, other) = (Readings(), Readings())
        one.add(2, to: counter, "x")
        one.add(histogram, to: durations)
        other.add(3, to: counter, "x")
        other.add(4, to: counter, "y")
        other.add(histogram, to: durations)
        one.add(other)
        #expect(one[counter].map(\.labels) == [["x"], ["y"]])
        #expect(one[counter].map(\.value) == [.number(5), .number(4)])
        #expect(one[durations].map(\.value) == [.histogram(counts: histogram.counts.map { $0 * 2 }, sum: 2)])
    }

    @Test func `of a state one value holds`() {
        let metric = Metric.gauge("a", help: "A.", labels: [MetricLabel("v", oneOf: ["x", "y"])])
        var readings = Readings()
        readings.addState("y", of: metric)
        #expect(readings[metric].map(\.value) == [.number(0), .number(1)])
    }

    @Test(
        arguments: [
            Metric.counter("a", help: "A."), Metric.gauge("a_total", help: "A."),
            Metric.gauge("a_seconds", help: "A."), Metric.gauge("a", unit: .bytes, help: "A."),
            Metric.counter("a_total_seconds", unit: .seconds, help: "A."), Metric.gauge("1a", help: "A."),
            Metric.gauge("a-b", help: "A."), Metric.gauge("", help: "A."), Metric.gauge("a", help: "A"),
            Metric.gauge("a", help: "A.", labels: [MetricLabel("le", oneOf: ["x"])]),
            Metric.gauge("a", help: "A.", labels: [MetricLabel("__x", oneOf: ["x"])]),
            Metric.gauge("a", help: "A.", labels: [MetricLabel("v", oneOf: [])]),
            Metric.gauge("a", help: "A.", labels: [MetricLabel("v", oneOf: ["x", "x"])]),
            Metric.gauge(
                "a",
                help: "A.",
                labels: [MetricLabel("v", fixed: "x"), MetricLabel("v", fixed: "y")]
            ),
            Metric(name: "a", kind: .histogram(bounds: [2, 1]), help: "A."),
            Metric(name: "a", kind: .histogram(bounds: []), help: "A."),
        ]
    )
    func `a declaration that breaks a convention is found`(_ metric: Metric) {
        #expect(!metric.problems.isEmpty)
    }
}
