import Histogram

/// How long things took, each of them.
struct Latencies: Sendable {
    /// One hour: what takes longer is counted as that.
    private static let longest: Duration = .seconds(3_600)

    private var histogram = Histogram<UInt32>(
        highestTrackableValue: 3_600_000_000,
        numberOfSignificantValueDigits: .three
    )

    var count: Int { Int(histogram.totalCount) }

    mutating func record(_ time: Duration) {
        histogram.record(UInt64(max(.zero, min(time, Self.longest)) / .microseconds(1)))
    }

    /// Microseconds.
    var p50: Double { Double(histogram.valueAtPercentile(50)) }
    var p99: Double { Double(histogram.valueAtPercentile(99)) }
    var worst: Double { Double(histogram.max) }
}
