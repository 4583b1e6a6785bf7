import Histogram

/// The distribution of latencies.
struct Latencies: Sendable {
    /// Longer latencies are counted as one hour.
    private static let longest: Duration = .seconds(3_600)

    private var histogram = Histogram<UInt32>(
        highestTrackableValue: 3_600_000_000,
        numberOfSignificantValueDigits: .three
    )

    var count: Int { Int(histogram.totalCount) }

    mutating func record(_ time: Duration) {
        histogram.record(UInt64(max(.zero, min(time, Self.longest)) / .microseconds(1)))
    }

    /// Median, in microseconds.
    var p50: Double { Double(histogram.valueAtPercentile(50)) }
    /// 99th percentile, in microseconds.
    var p99: Double { Double(histogram.valueAtPercentile(99)) }
    /// Maximum, in microseconds.
    var worst: Double { Double(histogram.max) }
}
