import ActorRuntime
import RuntimeTesting
import Synchronization

/// A session keeper's view of the clock, which tells when the keeper has done what there was to do and sleeps
/// again.
final class KeeperClock: HostClock {
    private struct Watch {
        /// The deadline until which the keeper sleeps, if it does.
        var deadline: ContinuousClock.Instant?
        var hasEnded = false
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    private let base: ManualClock
    private let watch = Mutex(Watch())

    init(_ base: ManualClock) {
        self.base = base
    }

    var now: ContinuousClock.Instant { base.now }

    func sleep(until deadline: ContinuousClock.Instant) async throws {
        tell { $0.deadline = deadline }
        try await base.sleep(until: deadline)
    }

    /// The instant of the keeper's next turn, while it runs.
    var turn: ContinuousClock.Instant? {
        watch.withLock { $0.hasEnded ? nil : $0.deadline }
    }

    /// The keeper runs no more.
    func end() {
        tell { $0.hasEnded = true }
    }

    /// Returns once the keeper sleeps past the present, or runs no more.
    func settled() async {
        await withCheckedContinuation { continuation in
            let isSettled = watch.withLock { watch in
                if watch.hasEnded || watch.deadline.map({ $0 > base.now }) == true { return true }
                watch.watchers.append(continuation)
                return false
            }
            if isSettled { continuation.resume() }
        }
    }

    private func tell(_ change: (inout Watch) -> Void) {
        let watchers = watch.withLock { watch in
            change(&watch)
            let watchers = watch.watchers
            watch.watchers = []
            return watchers
        }
        for watcher in watchers { watcher.resume() }
    }
}
