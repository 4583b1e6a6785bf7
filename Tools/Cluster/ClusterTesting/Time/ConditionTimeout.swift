/// A condition did not become true in time.
package struct ConditionTimeout: Error, CustomStringConvertible {
    /// The condition, in words, with details for the failure message.
    package let condition: String
    package let bound: Duration

    package init(condition: String, bound: Duration) {
        self.condition = condition
        self.bound = bound
    }

    package var description: String { "not within \(bound): \(condition)" }
}

/// Polls a condition until it is true.
///
/// - Parameters:
///   - bound: the time limit, which a `ContentionStopwatch` measures.
///   - what: the condition in words, evaluated when the wait fails.
/// - Returns: how long the wait took.
/// - Throws: `ConditionTimeout` after `bound`; errors of the condition at once.
@discardableResult
package func eventually(
    within bound: Duration,
    _ what: @autoclosure () -> String,
    every pause: Duration = .milliseconds(5),
    _ condition: () async throws -> Bool
) async throws -> Duration {
    let clock = ContinuousClock()
    let began = clock.now
    let stopwatch = ContentionStopwatch()
    while try await !condition() {
        guard stopwatch.elapsed < bound else { throw ConditionTimeout(condition: what(), bound: bound) }
        try await clock.sleep(for: pause)
    }
    return clock.now - began
}
