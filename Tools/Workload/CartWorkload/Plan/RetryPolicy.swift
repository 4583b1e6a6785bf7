package import SeededRandom

/// How a client goes on after a failure.
package struct RetryPolicy: Hashable, Sendable {
    /// How many attempts an operation gets, at least 1.
    package var attempts = 20
    /// The first pause; each further one is twice as long, and up to half of each is left to chance.
    package var floor: Duration = .milliseconds(50)
    /// The longest pause.
    package var ceiling: Duration = .seconds(1)
    /// Whether a pause is at least as long as the reply asked for, up to `ceiling`.
    package var honoursRetryAfter = true

    package init() {}

    /// How long to wait before the attempt that follows the given one.
    ///
    /// - Parameter attempt: counted from 1.
    package func pause(after attempt: Int, _ reply: AttemptResult, _ random: inout SplitMix64) -> Duration {
        var pause = floor
        for _ in 1..<max(2, min(attempt, 32)) where pause < ceiling { pause *= 2 }
        pause = min(pause, ceiling) * (0.5 + random.unit() / 2)
        guard honoursRetryAfter, let asked = reply.retryAfter else { return pause }
        return max(pause, min(asked, ceiling))
    }
}
