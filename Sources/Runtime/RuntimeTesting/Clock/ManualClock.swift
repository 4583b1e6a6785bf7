internal import ActorRuntime
internal import Synchronization

/// A clock that moves only when a test says so, and tells who sleeps.
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

    private struct Face {
        var now: Instant
        var numbers = 0
        var sleepers: [Sleeper] = []
        /// Sleepers whose task was cancelled before they lay down.
        var cancelled: Set<Int> = []
        var watchers: [Watcher] = []

        /// Takes out who waits for what is the case now.
        mutating func metWatchers() -> [Watcher] {
            let deadlines = sleepers.map(\.deadline)
            let met = watchers.filter { $0.isMet(deadlines) }
            if !met.isEmpty { watchers.removeAll { $0.isMet(deadlines) } }
            return met
        }
    }

    private let face: Mutex<Face>

    package init(now: Instant = .now) {
        face = Mutex(Face(now: now))
    }

    package var now: Instant { face.withLock { $0.now } }

    /// When the next sleeper wakes.
    package var nextDeadline: Instant? { face.withLock { $0.sleepers.map(\.deadline).min() } }

    package func sleep(until deadline: Instant) async throws {
        let number = face.withLock { face in
            face.numbers += 1
            return face.numbers
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                lieDown(Sleeper(number: number, deadline: deadline, continuation: continuation))
            }
        } onCancel: {
            cancel(number)
        }
    }

    /// Moves the clock and wakes, in order, those whose time has come.
    package func advance(by duration: Duration) {
        precondition(duration >= .zero, "a clock does not go back")
        let due = face.withLock { face in
            face.now += duration
            let due = face.sleepers.filter { $0.deadline <= face.now }
            face.sleepers.removeAll { $0.deadline <= face.now }
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
        let outcome = face.withLock { face -> Outcome in
            if face.cancelled.remove(sleeper.number) != nil { return .isCancelled }
            if sleeper.deadline <= face.now { return .wakes }
            face.sleepers.append(sleeper)
            return .sleeps(face.metWatchers())
        }
        switch outcome {
        case .sleeps(let watchers): for watcher in watchers { watcher.continuation.resume() }
        case .wakes: sleeper.continuation.resume()
        case .isCancelled: sleeper.continuation.resume(throwing: CancellationError())
        }
    }

    private func cancel(_ number: Int) {
        let sleeper = face.withLock { face -> Sleeper? in
            guard let index = face.sleepers.firstIndex(where: { $0.number == number }) else {
                face.cancelled.insert(number)
                return nil
            }
            return face.sleepers.remove(at: index)
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }

    private func watch(_ isMet: @escaping @Sendable ([Instant]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let watchers = face.withLock { face in
                face.watchers.append(Watcher(isMet: isMet, continuation: continuation))
                return face.metWatchers()
            }
            for watcher in watchers { watcher.continuation.resume() }
        }
    }
}
