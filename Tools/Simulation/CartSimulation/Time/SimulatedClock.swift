internal import ActorRuntime

/// The clock of a simulated process.
final class SimulatedClock: HostClock {
    private let scheduler: Scheduler
    let origin: ContinuousClock.Instant
    /// Microseconds by which it gains on true time in a second; below 0 if it is slow.
    private let drift: Int64

    /// - Parameters:
    ///   - origin: the reading at simulated time zero, which all processes share: nothing compares clocks.
    ///   - drift: microseconds by which it gains on true time in a second.
    init(_ scheduler: Scheduler, origin: ContinuousClock.Instant, drift: Int64 = 0) {
        self.scheduler = scheduler
        self.origin = origin
        self.drift = drift
    }

    var now: ContinuousClock.Instant {
        let elapsed = scheduler.now.nanoseconds
        return origin + .nanoseconds(elapsed + elapsed / 1_000_000 * drift)
    }

    func sleep(until deadline: ContinuousClock.Instant) async throws {
        // Never early: a fraction of a nanosecond is rounded up.
        let gap = SimulatedTime(deadline - now).nanoseconds
        // Readings grow by whole steps of a millisecond's drift: one more, so that it is not early.
        let step: Int64 = drift == 0 ? 1 : 1_000_001
        let delay = SimulatedTime(nanoseconds: gap - gap / (1_000_000 + drift) * drift + step)
        let wakes = OneShot<Bool>()
        let alarm = scheduler.after(delay) { wakes.fulfil(true) }
        let woke = await withTaskCancellationHandler {
            await wakes.value()
        } onCancel: {
            scheduler.cancel(alarm)
            wakes.fulfil(false)
        }
        if !woke { throw CancellationError() }
    }
}
