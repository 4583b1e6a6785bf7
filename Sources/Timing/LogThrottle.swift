internal import Synchronization

/// Limits how often a line is logged, so that others cannot fill the log.
package final class LogThrottle: Sendable {
    private struct State {
        var last: ContinuousClock.Instant?
        var suppressed = 0
    }

    private let interval: Duration
    private let state = Mutex(State())

    /// - Parameter interval: the shortest time between two lines.
    package init(interval: Duration) {
        self.interval = interval
    }

    /// Decides about one line.
    ///
    /// - Returns: nil if the line has to be suppressed; otherwise the number of lines suppressed since the
    ///   last one.
    package func admit(now: ContinuousClock.Instant) -> Int? {
        state.withLock { state in
            if let last = state.last, last.duration(to: now) < interval {
                state.suppressed += 1
                return nil
            }
            defer { state = State(last: now) }
            return state.suppressed
        }
    }
}
