import CartWorkload
import Histogram
import Synchronization

/// The measurements of a load test, by second and in total.
final class Measurements: Sendable {
    struct Totals: Sendable {
        /// Latencies in microseconds of settled operations: done, or refused by the cart.
        var looks = Measurements.histogram()
        var changes = Measurements.histogram()
        /// Operations that were given up, or whose outcome is unknown.
        var unsettled = 0
        var notSent = 0
        var refused = 0
        /// Failed attempts by the reason that the client was given.
        var failures: [String: Int] = [:]
        var seconds: [PerSecondStatistics] = []
        /// The longest time without a settled operation, and when it began.
        var stall: Duration = .zero
        var stallAt: Duration = .zero
    }

    fileprivate struct State {
        var totals = Totals()
        var second = PerSecondStatistics(number: 0)
        var latencies = Measurements.histogram()
        var inFlight = 0
        var settledAt: Duration = .zero
    }

    /// The limit of kinds of failures; further ones are counted together.
    private static let kindLimit = 64
    /// The highest recorded latency, one hour in microseconds; longer ones count as that.
    private static let highestLatency: UInt64 = 3_600_000_000

    private let state = Mutex(State())

    private static func histogram() -> Histogram<UInt64> {
        Histogram(highestTrackableValue: highestLatency, numberOfSignificantValueDigits: .three)
    }

    /// Begins an operation. At the limit it counts the operation as not sent and returns false.
    func begin(atMost limit: Int) -> Bool {
        state.withLock { state in
            guard state.inFlight < limit else {
                state.second.notSent += 1
                state.totals.notSent += 1
                return false
            }
            state.inFlight += 1
            return true
        }
    }

    /// Records the end of an operation.
    ///
    /// - Parameters:
    ///   - latency: the time since the operation was due.
    ///   - time: the time since the load began.
    func end(_ operation: WorkloadOperation, _ reply: AttemptResult, latency: Duration, at time: Duration) {
        let whole = max(0, Int64(latency / .microseconds(1)))
        let microseconds = min(UInt64(whole), Self.highestLatency)
        state.withLock { state in
            state.inFlight -= 1
            guard reply.isDecided else {
                state.totals.unsettled += 1
                return
            }
            if case .rejected = reply.outcome { state.totals.refused += 1 }
            if operation.action.isRead {
                state.second.looks += 1
                state.totals.looks.record(microseconds)
            } else {
                state.second.changes += 1
                state.totals.changes.record(microseconds)
            }
            state.latencies.record(microseconds)
            state.stalled(until: time)
            state.settledAt = time
        }
    }

    /// Records a failed attempt.
    func fail(_ why: String) {
        state.withLock { state in
            let known = state.totals.failures
            let kind = known[why] == nil && known.count >= Self.kindLimit ? "others" : why
            state.totals.failures[kind, default: 0] += 1
            state.second.failures += 1
        }
    }

    /// Closes the current second and begins the next.
    func turn() -> PerSecondStatistics {
        state.withLock { state in
            var second = state.second
            second.inFlight = state.inFlight
            if state.latencies.totalCount > 0 {
                second.p50 = state.latencies.valueAtPercentile(50)
                second.p99 = state.latencies.valueAtPercentile(99)
                second.max = state.latencies.max
            }
            state.totals.seconds.append(second)
            state.second = PerSecondStatistics(number: second.number + 1)
            state.latencies.reset()
            return second
        }
    }

    /// The totals at the end of the load.
    ///
    /// - Parameter time: the time of the end since the load began; a stall may have lasted until then.
    func totals(at time: Duration) -> Totals {
        state.withLock { state in
            state.stalled(until: time)
            return state.totals
        }
    }
}

extension Measurements.State {
    fileprivate mutating func stalled(until time: Duration) {
        guard time - settledAt > totals.stall else { return }
        totals.stall = time - settledAt
        totals.stallAt = settledAt
    }
}
