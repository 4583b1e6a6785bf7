/// The treatment of the bytes that pass through a `FaultProxy` in one direction.
package struct TrafficPolicy: Sendable, Hashable {
    package enum Gate: Sendable, Hashable {
        case open
        /// Bytes and the end of the stream wait until the gate is open again, even if their sender has left.
        case held
        /// Bytes and the end of the stream are dropped silently.
        case lost
    }

    package var gate: Gate = .open
    /// The time that bytes take.
    package var delay: Duration = .zero
    /// The most that is added to `delay`, drawn for each piece anew. Bytes stay in order.
    package var jitter: Duration = .zero
    /// The most bytes that pass in a second; nil for no limit.
    package var bytesPerSecond: Int?
    /// The most bytes in one write; nil for no limit.
    package var largestPiece: Int?
    /// The number of bytes, counted from now, after which a connection is reset; nil for never.
    package var resetAfter: Int?

    package init() {}

    package static let open = TrafficPolicy()
    package static let held = with { $0.gate = .held }
    package static let lost = with { $0.gate = .lost }

    package static func delayed(_ delay: Duration, jitter: Duration = .zero) -> TrafficPolicy {
        with {
            $0.delay = delay
            $0.jitter = jitter
        }
    }

    package static func throttled(bytesPerSecond: Int) -> TrafficPolicy {
        with { $0.bytesPerSecond = bytesPerSecond }
    }

    /// Passes every byte in a write of its own.
    package static let split = with { $0.largestPiece = 1 }

    package static func resetting(after bytes: Int) -> TrafficPolicy {
        with { $0.resetAfter = bytes }
    }

    private static func with(_ change: (inout TrafficPolicy) -> Void) -> TrafficPolicy {
        var policy = TrafficPolicy()
        change(&policy)
        return policy
    }
}
