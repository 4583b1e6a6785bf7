/// Something did not come about in time.
struct Overdue: Error, CustomStringConvertible {
    let what: String
    let bound: Duration

    var description: String { "not within \(bound): \(what)" }
}

/// Waits for what nobody tells us about, and answers how long it took.
@discardableResult
func eventually(
    within bound: Duration,
    _ what: @autoclosure () -> String,
    every pause: Duration = .milliseconds(5),
    _ condition: () async throws -> Bool
) async throws -> Duration {
    let clock = ContinuousClock()
    let began = clock.now
    while try await !condition() {
        guard clock.now - began < bound else { throw Overdue(what: what(), bound: bound) }
        try await clock.sleep(for: pause)
    }
    return clock.now - began
}
