import LogEvents
import Logging
import Ownership

extension NodeRuntime {
    /// Hands everything that is live here over to the other nodes: announces it to them, then releases every
    /// actor. The node answers all the while. `leave` is the step after it.
    ///
    /// - Parameters:
    ///   - budget: the most time from the call to the end of the process.
    ///   - stopLimit: the part of the budget that the owner may need between this and `leave`, to stop
    ///     whatever takes requests from outside.
    ///   - lameDuck: the least time until this returns: gateways notice a little later that the node is not
    ///     ready.
    ///   - observe: called at each step, in order. The drain goes on when it returns.
    /// - Returns: the number of actors that could not be released in time.
    /// - Throws: `CancellationError` when the task is cancelled before `lameDuck` is over.
    @discardableResult
    package func drain(
        within budget: Duration,
        stopLimit: Duration = .zero,
        lameDuck: Duration = .zero,
        observe: (DrainStep) async -> Void = { _ in }
    ) async throws -> Int {
        let clock = environment.clock
        let began = clock.now
        host.noteDrain(began: began)
        logger.event(.drainBegun, ["liveActors": .number(host.liveCount)])
        await observe(.begun)
        let wasReady = hasJoined
        if wasReady {
            await keeper.announceDraining()
        } else {
            // A heartbeat would begin a session that nobody ends.
            directory.markDraining()
        }
        await observe(.announced)
        let releaseEnd = began + timeForReleases(of: budget, stopLimit: stopLimit)
        let notReleased = await host.releaseAll(until: releaseEnd)
        host.noteDrain(began: began, ended: clock.now)
        await observe(.released)
        logger.event(
            .drainFinished,
            ["tookMilliseconds": .milliseconds(clock.now - began), "notReleased": .number(notReleased)]
        )
        // No gateway knows a node that was never ready.
        let end = wasReady ? began + lameDuck : began
        if clock.now < end { try await clock.sleep(until: end) }
        return notReleased
    }

    /// Ends early enough for a last release, which may take a lease more, for the stop of the servers, and
    /// for the tombstone after it. A short budget is spent on releases first: half of it at least.
    func timeForReleases(of budget: Duration, stopLimit: Duration) -> Duration {
        max(budget / 2, budget - policy.lease.length - stopLimit - .seconds(2))
    }
}
