/// Whole numbers, counted by size in powers of two: plain numbers, for one owner to update without a lock.
package struct SizeHistogram: Sendable, Equatable {
    /// The number of buckets that have a bound.
    private static let bounded = 11

    /// The upper bounds of the buckets: 1, 2, 4 and so on up to 1024.
    package static let bounds: [Double] = (0..<bounded).map { Double(1 << $0) }

    /// The number of sizes in each bucket, not cumulative; the last one has no bound.
    package private(set) var counts: [UInt64]
    /// The sum of all sizes.
    package private(set) var sum: UInt64 = 0

    package init() {
        counts = Array(repeating: 0, count: Self.bounded + 1)
    }

    /// Counts a size. One below 1 counts as in the first bucket.
    package mutating func record(_ size: Int) {
        let bucket = size <= 1 ? 0 : Int.bitWidth - (size - 1).leadingZeroBitCount
        counts[min(bucket, Self.bounded)] &+= 1
        sum &+= UInt64(max(0, size))
    }

    /// The number of sizes.
    package var count: UInt64 { counts.reduce(0, &+) }
}
