/// How long to wait before the next attempt to connect: between `minimum` and a bound that doubles, with full jitter, so
/// that nodes which lost Redis together do not return together.
struct ReconnectBackoff: Sendable {
    let minimum: Duration
    let maximum: Duration
    private var failures = 0

    init(minimum: Duration, maximum: Duration) {
        self.minimum = minimum
        self.maximum = max(minimum, maximum)
    }

    /// The wait after one more failure. `jitter` is drawn evenly from 0…1.
    mutating func next(jitter: Double) -> Duration {
        failures += 1
        var bound = minimum
        for _ in 0..<failures where bound < maximum { bound = min(maximum, bound * 2) }
        return minimum + (bound - minimum) * min(max(jitter, 0), 1)
    }

    /// A connection stood: the next failure is a first one again.
    mutating func reset() { failures = 0 }
}
