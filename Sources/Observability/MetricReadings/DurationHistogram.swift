/// Durations, counted by size: plain numbers, for one owner to update without a lock.
///
/// A partition or a session has one as part of its own state and hands out a copy when it is asked for its
/// numbers. The first update after a copy was taken copies the counts once.
package struct DurationHistogram: Sendable, Equatable {
    /// The upper bounds of the buckets, microseconds. Constants, which need no initialisation at run time.
    private static let limits: [UInt64] = [
        50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
        2_500_000, 5_000_000, 10_000_000, 30_000_000,
    ]

    /// The upper bounds of the buckets, seconds: from 50 µs to 30 s.
    package static let bounds: [Double] = limits.map { Double($0) / 1_000_000 }

    /// The number of durations in each bucket, not cumulative; the last one has no bound.
    package private(set) var counts: [UInt64]
    /// The sum of all durations. In the unit of `Duration`, which it costs a division to convert.
    private var attoseconds: UInt128 = 0

    package init() {
        counts = Array(repeating: 0, count: Self.limits.count + 1)
    }

    /// Counts a duration. A negative one counts as none.
    package mutating func record(nanoseconds: Int64) {
        record(attoseconds: Int128(nanoseconds) &* Self.attosecondsInNanosecond)
    }

    /// Counts a duration. A negative one counts as none.
    package mutating func record(_ duration: Duration) {
        record(attoseconds: duration.attoseconds)
    }

    private mutating func record(attoseconds: Int128) {
        let attoseconds = UInt128(max(0, attoseconds))
        // Most durations are within 64 bits, and found after a few steps.
        let short = UInt64(clamping: attoseconds)
        var bucket = 0
        while bucket < Self.limits.count, !Self.limit(of: bucket, isAtLeast: short, attoseconds) {
            bucket += 1
        }
        counts[bucket] &+= 1
        self.attoseconds &+= attoseconds
    }

    /// - Parameter short: the same time, clamped to 64 bits: 18 s.
    private static func limit(of bucket: Int, isAtLeast short: UInt64, _ attoseconds: UInt128) -> Bool {
        let (limit, overflow) = limits[bucket].multipliedReportingOverflow(by: attosecondsInMicrosecond)
        guard overflow else { return limit >= short }
        return UInt128(limits[bucket]) &* UInt128(attosecondsInMicrosecond) >= attoseconds
    }

    private static var attosecondsInMicrosecond: UInt64 { 1_000_000_000_000 }
    private static var attosecondsInNanosecond: Int128 { 1_000_000_000 }

    /// The sum of all durations, nanoseconds.
    package var nanoseconds: UInt64 { UInt64(clamping: attoseconds / 1_000_000_000) }

    /// Counts what another one counted.
    package mutating func add(_ others: DurationHistogram) {
        for bucket in counts.indices { counts[bucket] &+= others.counts[bucket] }
        attoseconds &+= others.attoseconds
    }

    /// The number of durations.
    package var count: UInt64 { counts.reduce(0, &+) }
}
