import Synchronization

/// Counts events per second since its creation.
final class PerSecondCounter: Sendable {
    private let began = ContinuousClock.now
    private let counts = Mutex<[Int]>([])

    /// Counts one event, now.
    func count() {
        let second = Int((ContinuousClock.now - began) / .seconds(1))
        counts.withLock { counts in
            while counts.count <= second { counts.append(0) }
            counts[second] += 1
        }
    }

    /// Events of each second so far; the last second is incomplete.
    var all: [Int] { counts.withLock { $0 } }

    /// Seconds since the counter's creation.
    var elapsed: Double { (ContinuousClock.now - began) / .seconds(1) }
}
