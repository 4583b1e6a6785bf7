internal import ActorRuntime

/// The clock of a simulated process.
final class SimulatedClock: HostClock {
    private let scheduler: Scheduler
    private let origin: ContinuousClock.Instant

    /// - Parameter origin: the reading at simulated time zero, which all processes share: nothing compares
    ///   clocks.
    init(_ scheduler: Scheduler, origin: ContinuousClock.Instant) {
        self.scheduler = scheduler
        self.origin = origin
    }

    var now: ContinuousClock.Instant { origin + scheduler.now.duration }

    func sleep(until deadline: ContinuousClock.Instant) async throws {
        // Never early: a fraction of a nanosecond is rounded up.
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
