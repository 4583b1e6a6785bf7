import MetricReadings
import Testing

/// What is counted by the cases of an enumeration, and by size.
@Suite struct TallyTests {
    private enum Side: Int, TallyKey {
        case left, farRight
    }

    @Test func `labels are the names of cases in snake case`() {
        #expect(Side.allCases.map(\.label) == ["left", "far_right"])
        #expect(MetricLabel("side", by: Side.self) == MetricLabel("side", oneOf: ["left", "far_right"]))
    }

    @Test func `each case counts by itself, and all are read`() {
        var counts = Tally<Side, UInt64>()
        counts.count(.farRight)
        counts.count(.farRight)
        var times = Tally<Side, DurationHistogram>()
        times.record(.milliseconds(3), as: .left)
        let metric = Metric.counter("a_total", help: "A.", labels: [MetricLabel("side", by: Side.self)])
        let durations = Metric.durations(
            "a_seconds",
            help: "A.",
            labels: [MetricLabel("side", by: Side.self)]
        )
        var readings = Readings()
        readings.add(counts, to: metric)
        readings.add(times, to: durations)
        #expect(readings[metric].map(\.labels) == [["far_right"], ["left"]])
        #expect(readings[metric].map(\.value) == [.number(2), .number(0)])
        #expect(times[.left].count == 1 && times[.farRight].count == 0)
        #expect(readings[durations].count == 2)
    }

    @Test func `sizes fall into powers of two`() {
        var sizes = SizeHistogram()
        for size in [-1, 0, 1, 2, 3, 4, 5, 1_024, 1_025, .max] { sizes.record(size) }
        #expect(SizeHistogram.bounds == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024])
        #expect(sizes.counts == [3, 1, 2, 1, 0, 0, 0, 0, 0, 0, 1, 2])
        #expect(sizes.count == 10)
    }

    @Test func `histograms of durations add up`() {
        var one = DurationHistogram()
        var other = DurationHistogram()
        one.record(.milliseconds(1))
        other.record(nanoseconds: 2_000_000_000)
        other.record(.seconds(-1))
        one.add(other)
        #expect(one.count == 3)
        #expect(one.nanoseconds == 2_001_000_000)
    }
}
