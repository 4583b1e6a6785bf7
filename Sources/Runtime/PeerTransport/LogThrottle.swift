import Synchronization

/// Keeps a peer that fails again and again from filling the log.
final class LogThrottle: Sendable {
    private struct State {
        var last: ContinuousClock.Instant?
        var suppressed = 0
    }

    private let interval: Duration
    private let state = Mutex(State())

    /// - Parameter interval: how far apart two lines are at least.
    init(interval: Duration) {
        self.interval = interval
    }

    /// Whether a line may be written now: how many were not since the last one, or nil.
    func admit(now: ContinuousClock.Instant) -> Int? {
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
