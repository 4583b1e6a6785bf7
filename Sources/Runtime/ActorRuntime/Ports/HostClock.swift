/// The process's own clock: it counts through suspend, and nobody compares it with another's.
package protocol HostClock: Sendable {
    var now: ContinuousClock.Instant { get }

    /// Returns at `deadline` or later.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    func sleep(until deadline: ContinuousClock.Instant) async throws
}

extension ContinuousClock: HostClock {
    package func sleep(until deadline: ContinuousClock.Instant) async throws {
        try await sleep(until: deadline, tolerance: nil)
    }
}
