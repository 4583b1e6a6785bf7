internal import ActorRuntime
internal import CartWorkload

/// The clock of the simulated clients.
struct ClientClock: WorkloadClock {
    let scheduler: Scheduler
    let clock: SimulatedClock

    var now: Duration { scheduler.now.duration }

    func sleep(for duration: Duration) async throws {
        try await clock.sleep(until: clock.now + duration)
    }
}
