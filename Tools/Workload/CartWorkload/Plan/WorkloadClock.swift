/// The time of a run, real or simulated.
package protocol WorkloadClock: Sendable {
    /// The time since the run began.
    var now: Duration { get }

    /// - Throws: `CancellationError`
    func sleep(for duration: Duration) async throws
}

/// The clock of the machine.
package struct RealClock: WorkloadClock {
    private let began = ContinuousClock.now

    /// A clock that begins now.
    package init() {}

    package var now: Duration { began.duration(to: .now) }

    package func sleep(for duration: Duration) async throws {
        try await Task.sleep(for: duration, clock: .continuous)
    }
}
