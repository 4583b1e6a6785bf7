/// What becomes of bytes that go one way through a `FaultProxy`.
package struct TrafficPolicy: Sendable, Hashable {
    package enum Gate: Sendable, Hashable {
        case open
        /// Bytes, and the end of them, wait, however long, and are passed on when the way is open again, even if their
        /// sender has left.
        case held
        /// Bytes, and the end of them, vanish, and nobody is told.
        case lost
    }

    package var gate: Gate = .open
    /// How long bytes are under way.
    package var delay: Duration = .zero
    /// By how much longer at most, differently each time; bytes stay in order.
    package var jitter: Duration = .zero
    /// How many bytes a second pass; nil for as many as come.
    package var bytesPerSecond: Int?
    /// How many bytes are written at once; nil for as many as are there.
    package var largestPiece: Int?
    /// After how many bytes, from now on, a connection is reset; nil for never.
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

    /// Every byte by itself.
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
