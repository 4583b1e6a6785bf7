/// A moment by the store's own clock: whole microseconds since 1970, below 2⁵³, so that a double holds it
/// exactly.
///
/// Only the store compares it with a clock. A node never compares it with its own.
package struct StoreTime: Hashable, Comparable, Sendable {
    package let rawValue: UInt64

    /// - Parameter rawValue: microseconds since 1970; a greater number than scripts read counts as the
    ///   greatest.
    package init(_ rawValue: UInt64) {
        self.rawValue = min(rawValue, 9_007_199_254_740_990)
    }

    /// A moment that has passed on every clock.
    package static let past = StoreTime(0)

    package static func < (a: StoreTime, b: StoreTime) -> Bool { a.rawValue < b.rawValue }
}

/// The store's time when it executed a heartbeat, and the instant at which the answer was received.
package struct StoreClockReading: Hashable, Sendable {
    package typealias Instant = ContinuousClock.Instant

    private let time: StoreTime
    private let receivedAt: Instant

    package init(_ time: StoreTime, receivedAt: Instant) {
        self.time = time
        self.receivedAt = receivedAt
    }

    /// A time that the store's clock shows by `deadline` at the latest, unless it is set back meanwhile.
    ///
    /// The store read its clock before the answer was received. Counted from the receipt, what is left until
    /// the deadline therefore ends too early on the store's clock, by the time that the answer took, and
    /// never too late.
    package func time(notAfter deadline: Instant) -> StoreTime {
        guard deadline > receivedAt else { return .past }
        let left = UInt64(clamping: (deadline - receivedAt).attoseconds / 1_000_000_000_000)
        let (sum, overflow) = time.rawValue.addingReportingOverflow(left)
        return StoreTime(overflow ? .max : sum)
    }
}
