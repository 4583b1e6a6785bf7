internal import ActorRuntime
internal import Synchronization

/// A clock that moves only when a test says so, and that tells when somebody sleeps.
package final class ManualClock: HostClock {
    package typealias Instant = ContinuousClock.Instant

    private struct Sleeper {
        let number: Int
        let deadline: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        let isMet: @Sendable ([Instant]) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now: Instant
        var numbers = 0
        var sleepers: [Sleeper] = []
        /// Sleepers whose task was cancelled before they lay down.
        var cancelled: Set<Int> = []
        var watchers: [Watcher] = []

        /// Removes and returns the waiters whose condition holds.
        mutating func metWatchers() -> [Watcher] {
            let deadlines = sleepers.map(\.deadline)
            let met = watchers.filter { $0.isMet(deadlines) }
            if !met.isEmpty { watchers.removeAll { $0.isMet(deadlines) } }
            return met
        }
    }

    private let state: Mutex<State>

    package init(now: Instant = .now) {
        state = Mutex(State(now: now))
    }

    package var now: Instant { state.withLock { $0.now } }

    /// The deadline of the next sleeper.
    package var nextDeadline: Instant? { state.withLock { $0.sleepers.map(\.deadline).min() } }

    package func sleep(until deadline: Instant) async throws {
        let number = state.withLock { state in
            state.numbers += 1
            return state.numbers
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                lieDown(Sleeper(number: number, deadline: deadline, continuation: continuation))
            }
        } onCancel: {
            cancel(number)
        }
    }

    /// Moves the clock and wakes, in order, the sleepers whose time has come.
    package func advance(by duration: Duration) {
        precondition(duration >= .zero, "a clock does not go back")
        let due = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.deadline <= state.now }
            state.sleepers.removeAll { $0.deadline <= state.now }
            return due.sorted { ($0.deadline, $0.number) < ($1.deadline, $1.number) }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Returns once at least `count` sleep.
    package func sleepers(atLeast count: Int) async {
        await watch { $0.count >= count }
    }

    /// Returns once somebody sleeps until `deadline` or longer.
    package func sleeper(untilAtLeast deadline: Instant) async {
        await watch { $0.contains { $0 >= deadline } }
    }

    private func lieDown(_ sleeper: Sleeper) {
        enum Outcome { case sleeps([Watcher]), wakes, isCancelled }
        let outcome = state.withLock { state -> Outcome in
            if state.cancelled.remove(sleeper.number) != nil { return .isCancelled }
            if sleeper.deadline <= state.now { return .wakes }
            state.sleepers.append(sleeper)
            return .sleeps(state.metWatchers())
        }
        switch outcome {
        case .sleeps(let watchers): for watcher in watchers { watcher.continuation.resume() }
        case .wakes: sleeper.continuation.resume()
        case .isCancelled: sleeper.continuation.resume(throwing: CancellationError())
        }
    }

    private func cancel(_ number: Int) {
        let sleeper = state.withLock { state -> Sleeper? in
            guard let index = state.sleepers.firstIndex(where: { $0.number == number }) else {
                state.cancelled.insert(number)
                return nil
            }
            return state.sleepers.remove(at: index)
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }

    private func watch(_ isMet: @escaping @Sendable ([Instant]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let watchers = state.withLock { state in
                state.watchers.append(Watcher(isMet: isMet, continuation: continuation))
                return state.metWatchers()
            }
            for watcher in watchers { watcher.continuation.resume() }
        }
    }
}
