import CartWorkload
import Histogram
import Synchronization

/// What a load test measures, second by second and in the whole.
final class Measurements: Sendable {
    struct Totals: Sendable {
        /// In microseconds, of errands that were settled: done, or refused by the cart itself.
        var looks = Measurements.histogram()
        var changes = Measurements.histogram()
        /// Errands that were given up, or whose outcome stays unknown.
        var unsettled = 0
        var notSent = 0
        var refused = 0
        /// Attempts that failed, by what the client was told.
        var failures: [String: Int] = [:]
        var seconds: [Second] = []
        /// The longest time in which no errand was settled, and when it began.
        var stall: Duration = .zero
        var stallAt: Duration = .zero
    }

    fileprivate struct Books {
        var totals = Totals()
        var second = Second(number: 0)
        var latencies = Measurements.histogram()
        var inFlight = 0
        var settledAt: Duration = .zero
    }

    /// Kinds of failures beyond this are counted together.
    private static let mostKinds = 64
    /// One hour, in microseconds: what takes longer is counted as that.
    private static let longest: UInt64 = 3_600_000_000

    private let books = Mutex(Books())

    private static func histogram() -> Histogram<UInt64> {
        Histogram(highestTrackableValue: longest, numberOfSignificantValueDigits: .three)
    }

    /// Takes one more errand up, unless too many are under way.
    func begin(atMost limit: Int) -> Bool {
        books.withLock { books in
            guard books.inFlight < limit else {
                books.second.notSent += 1
                books.totals.notSent += 1
                return false
            }
            books.inFlight += 1
            return true
        }
    }

    /// Takes down how an errand ended.
    ///
    /// - Parameters:
    ///   - latency: since it should have begun.
    ///   - time: since the load began.
    func end(_ errand: Errand, _ reply: Reply, latency: Duration, at time: Duration) {
        let whole = max(0, Int64(latency / .microseconds(1)))
        let microseconds = min(UInt64(whole), Self.longest)
        books.withLock { books in
            books.inFlight -= 1
            guard reply.isDecided else {
                books.totals.unsettled += 1
                return
            }
            if case .rejected = reply.fate { books.totals.refused += 1 }
            if errand.action.isRead {
                books.second.looks += 1
                books.totals.looks.record(microseconds)
            } else {
                books.second.changes += 1
                books.totals.changes.record(microseconds)
            }
            books.latencies.record(microseconds)
            books.stalled(until: time)
            books.settledAt = time
        }
    }

    /// Takes down an attempt that failed.
    func fail(_ why: String) {
        books.withLock { books in
            let known = books.totals.failures
            let kind = known[why] == nil && known.count >= Self.mostKinds ? "others" : why
            books.totals.failures[kind, default: 0] += 1
            books.second.failures += 1
        }
    }

    /// Closes a second and begins the next.
    func turn() -> Second {
        books.withLock { books in
            var second = books.second
            second.inFlight = books.inFlight
            if books.latencies.totalCount > 0 {
                second.p50 = books.latencies.valueAtPercentile(50)
                second.p99 = books.latencies.valueAtPercentile(99)
                second.max = books.latencies.max
            }
            books.totals.seconds.append(second)
            books.second = Second(number: second.number + 1)
            books.latencies.reset()
            return second
        }
    }

    /// All of it.
    ///
    /// - Parameter time: when the load ended: a stall may have lasted until then.
    func totals(at time: Duration) -> Totals {
        books.withLock { books in
            books.stalled(until: time)
            return books.totals
        }
    }
}

extension Measurements.Books {
    fileprivate mutating func stalled(until time: Duration) {
        guard time - settledAt > totals.stall else { return }
        totals.stall = time - settledAt
        totals.stallAt = settledAt
    }
}
