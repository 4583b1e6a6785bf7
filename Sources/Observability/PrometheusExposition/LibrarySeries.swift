internal import CoreMetrics
internal import MetricReadings
internal import Synchronization

/// One series of a library's metric. Any thread may report to it, so it has a lock; nothing on the hot path
/// does.
final class LibrarySeries: CounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    enum Form: Hashable, Sendable {
        /// A counter.
        case counter
        /// The last value that was set.
        case gauge
        /// A timer: a histogram of seconds.
        case durations
        /// A recorder that aggregates: a histogram of plain numbers.
        case sizes

        /// The bounds for values of which nobody knows the unit.
        static let sizeBounds: [Double] = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
    }

    private struct State {
        var number = 0.0
        var durations = DurationHistogram()
        var sizes = Array(repeating: UInt64(0), count: Form.sizeBounds.count + 1)
    }

    let form: Form
    let labels: [(name: String, value: String)]
    private let state = Mutex(State())

    init(_ form: Form, labels: [(name: String, value: String)]) {
        self.form = form
        self.labels = labels
    }

    var value: Readings.Value {
        state.withLock { state in
            switch form {
            case .counter, .gauge: .number(state.number)
            case .durations:
                .histogram(
                    counts: state.durations.counts,
                    sum: Double(state.durations.nanoseconds) / 1_000_000_000
                )
            case .sizes: .histogram(counts: state.sizes, sum: state.number)
            }
        }
    }

    // MARK: What libraries call

    /// A counter does not shrink: an increment below 0 counts as none.
    func increment(by amount: Int64) { state.withLock { $0.number += Double(max(0, amount)) } }

    func reset() { state.withLock { $0.number = 0 } }

    func increment(by amount: Double) { state.withLock { $0.number += amount } }

    func decrement(by amount: Double) { state.withLock { $0.number -= amount } }

    func set(_ value: Int64) { set(Double(value)) }

    func set(_ value: Double) { state.withLock { $0.number = value } }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        state.withLock { state in
            guard form == .sizes else {
                state.number = value
                return
            }
            guard !value.isNaN else { return }
            state.sizes[Form.sizeBounds.firstIndex { value <= $0 } ?? Form.sizeBounds.count] &+= 1
            state.number += value
        }
    }

    func recordNanoseconds(_ duration: Int64) {
        state.withLock { $0.durations.record(nanoseconds: duration) }
    }
}
