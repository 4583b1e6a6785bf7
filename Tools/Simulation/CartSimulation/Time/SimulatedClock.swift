internal import ActorRuntime

/// A process's clock in simulated time.
final class SimulatedClock: HostClock {
    private let scheduler: Scheduler
    private let origin: ContinuousClock.Instant

    /// - Parameter origin: what the clock shows at the beginning; the same for everybody, as nobody compares clocks.
    init(_ scheduler: Scheduler, origin: ContinuousClock.Instant) {
        self.scheduler = scheduler
        self.origin = origin
    }

    var now: ContinuousClock.Instant { origin + scheduler.now.duration }

    func sleep(until deadline: ContinuousClock.Instant) async throws {
        // Never early: what is below a nanosecond is rounded up.
        let delay = SimulatedTime(deadline - now) + SimulatedTime(nanoseconds: 1)
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
