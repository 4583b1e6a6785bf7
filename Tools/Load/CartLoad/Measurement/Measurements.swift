import CartWorkload
import Histogram
import Synchronization

/// What a load test measures, second by second and in the whole.
final class Measurements: Sendable {
    struct Totals: Sendable {
        /// In microseconds, of operations that were settled: done, or refused by the cart itself.
        var looks = Measurements.histogram()
        var changes = Measurements.histogram()
        /// Operations that were given up, or whose outcome stays unknown.
        var unsettled = 0
        var notSent = 0
        var refused = 0
        /// Attempts that failed, by what the client was told.
        var failures: [String: Int] = [:]
        var seconds: [PerSecondStatistics] = []
        /// The longest time in which no operation was settled, and when it began.
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

    /// Kinds of failures beyond this are counted together.
    private static let mostKinds = 64
    /// One hour, in microseconds: what takes longer is counted as that.
    private static let longest: UInt64 = 3_600_000_000

    private let state = Mutex(State())

    private static func histogram() -> Histogram<UInt64> {
        Histogram(highestTrackableValue: longest, numberOfSignificantValueDigits: .three)
    }

    /// Takes one more operation up, unless too many are under way.
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

    /// Takes down how an operation ended.
    ///
    /// - Parameters:
    ///   - latency: since it should have begun.
    ///   - time: since the load began.
    func end(_ operation: WorkloadOperation, _ reply: AttemptResult, latency: Duration, at time: Duration) {
        let whole = max(0, Int64(latency / .microseconds(1)))
        let microseconds = min(UInt64(whole), Self.longest)
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

    /// Takes down an attempt that failed.
    func fail(_ why: String) {
        state.withLock { state in
            let known = state.totals.failures
            let kind = known[why] == nil && known.count >= Self.mostKinds ? "others" : why
            state.totals.failures[kind, default: 0] += 1
            state.second.failures += 1
        }
    }

    /// Closes a second and begins the next.
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

    /// All of it.
    ///
    /// - Parameter time: when the load ended: a stall may have lasted until then.
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
