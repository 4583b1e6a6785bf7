package import SeededRandom
import Timing

/// The retries of a client after a failure.
package struct RetryPolicy: Hashable, Sendable {
    /// The limit of attempts at one operation, at least 1.
    package var attempts = 20
    /// The first pause; each further one is twice as long. Jitter shortens each by up to half.
    package var floor: Duration = .milliseconds(50)
    /// The longest pause.
    package var ceiling: Duration = .seconds(1)
    /// Pauses are at least as long as the reply asked for, up to `ceiling`.
    package var honoursRetryAfter = true

    package init() {}

    /// The pause between an attempt and the next one.
    ///
    /// - Parameter attempt: counted from 1.
    package func pause(after attempt: Int, _ reply: AttemptResult, _ random: inout SplitMix64) -> Duration {
        let backoff = Backoff(floor: floor, ceiling: ceiling)
        let pause = backoff.pause(afterFailures: attempt, draw: random.unit())
        guard honoursRetryAfter, let asked = reply.retryAfter else { return pause }
        return max(pause, min(asked, ceiling))
    }
}
