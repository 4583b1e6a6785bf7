/// Something did not come about in time.
package struct ConditionTimeout: Error, CustomStringConvertible {
    package let what: String
    package let bound: Duration

    package init(what: String, bound: Duration) {
        self.what = what
        self.bound = bound
    }

    package var description: String { "not within \(bound): \(what)" }
}

/// Waits for what nobody tells us about, and answers how long it took.
@discardableResult
package func eventually(
    within bound: Duration,
    _ what: @autoclosure () -> String,
    every pause: Duration = .milliseconds(5),
    _ condition: () async throws -> Bool
) async throws -> Duration {
    let clock = ContinuousClock()
    let began = clock.now
    while try await !condition() {
        guard clock.now - began < bound else { throw ConditionTimeout(what: what(), bound: bound) }
        try await clock.sleep(for: pause)
    }
    return clock.now - began
}
