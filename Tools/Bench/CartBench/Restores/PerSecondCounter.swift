import Synchronization

/// How much came in each second since a beginning.
final class PerSecondCounter: Sendable {
    private let began = ContinuousClock.now
    private let counts = Mutex<[Int]>([])

    /// Counts one more, now.
    func count() {
        let second = Int((ContinuousClock.now - began) / .seconds(1))
        counts.withLock { counts in
            while counts.count <= second { counts.append(0) }
            counts[second] += 1
        }
    }

    /// The seconds so far; the last is not whole.
    var all: [Int] { counts.withLock { $0 } }

    /// How long it has been.
    var elapsed: Double { (ContinuousClock.now - began) / .seconds(1) }
}
