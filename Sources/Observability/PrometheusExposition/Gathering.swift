internal import MetricReadings
internal import Synchronization

/// One scrape's readings: complete when every collector has answered, and closed before that when its time is
/// over.
final class Gathering: Sendable {
    private struct State {
        var readings = Readings()
        /// The collectors that have not answered.
        var open: Set<Int>
        var isClosed = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    init(of collectors: Int) {
        state = Mutex(State(open: Set(0..<collectors)))
    }

    /// Takes the answer of a collector; only its first one, and only in time.
    func answered(_ number: Int, _ readings: Readings) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.isClosed, state.open.remove(number) != nil else { return nil }
            state.readings.add(readings)
            return state.open.isEmpty ? exchange(&state.waiter, with: nil) : nil
        }
        waiter?.resume()
    }

    /// The time is over.
    func close() {
        let waiter = state.withLock { state in
            state.isClosed = true
            return exchange(&state.waiter, with: nil)
        }
        waiter?.resume()
    }

    /// Returns when all have answered, or after `close`. Only one caller may wait.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.open.isEmpty || state.isClosed { return true }
                state.waiter = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// What was gathered, and the collectors that have not answered.
    var result: (readings: Readings, late: Set<Int>) { state.withLock { ($0.readings, $0.open) } }
}
