import DequeModule
import Synchronization

/// A bounded number of places, given out first come, first served.
final class AsyncSemaphore: Sendable {
    private struct State {
        var count: Int
        var taken = 0
        var waiting: Deque<CheckedContinuation<Void, Never>> = []
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(count: max(1, count)))
    }

    /// Waits for a place. The wait is not cancelled: places are held for a bounded time only.
    func acquire() async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                guard state.taken < state.count else {
                    state.waiting.append(continuation)
                    return false
                }
                state.taken += 1
                return true
            }
            if goesOn { continuation.resume() }
        }
    }

    func release() {
        let next = state.withLock { state in
            state.taken -= 1
            return Self.take(&state)
        }
        next?.resume()
    }

    /// Has as many places from now on. Where there are fewer than are taken, those are kept until they are
    /// left.
    func resize(to count: Int) {
        while let next = state.withLock({ state in
            state.count = max(1, count)
            return Self.take(&state)
        }) {
            next.resume()
        }
    }

    /// True while all places are taken.
    var isFull: Bool {
        state.withLock { $0.taken >= $0.count }
    }

    /// Gives a free place to whoever waits longest.
    private static func take(_ state: inout State) -> CheckedContinuation<Void, Never>? {
        guard state.taken < state.count, let next = state.waiting.popFirst() else { return nil }
        state.taken += 1
        return next
    }
}
