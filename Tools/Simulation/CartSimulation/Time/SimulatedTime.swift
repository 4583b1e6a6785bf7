internal import Timing

/// Time since the start of a simulation, or a span of it, in nanoseconds. It is one machine word, because a
/// simulation does little else than compare times.
package struct SimulatedTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package init(_ duration: Duration) {
        nanoseconds = duration.wholeNanoseconds
    }

    package static let zero = SimulatedTime(nanoseconds: 0)

    package static func milliseconds(_ count: Int64) -> SimulatedTime {
        SimulatedTime(nanoseconds: count * 1_000_000)
    }

    package static func microseconds(_ count: Int64) -> SimulatedTime {
        SimulatedTime(nanoseconds: count * 1_000)
    }

    package var duration: Duration { .nanoseconds(nanoseconds) }

    package static func < (a: SimulatedTime, b: SimulatedTime) -> Bool { a.nanoseconds < b.nanoseconds }

    package static func + (a: SimulatedTime, b: SimulatedTime) -> SimulatedTime {
        SimulatedTime(nanoseconds: a.nanoseconds + b.nanoseconds)
    }

    package static func - (a: SimulatedTime, b: SimulatedTime) -> SimulatedTime {
        SimulatedTime(nanoseconds: a.nanoseconds - b.nanoseconds)
    }

    /// Seconds with six decimals, as in traces.
    package var description: String {
        let micros = nanoseconds / 1_000
        let fraction = String(micros % 1_000_000)
        return "\(micros / 1_000_000)." + String(repeating: "0", count: max(0, 6 - fraction.count)) + fraction
    }
}
