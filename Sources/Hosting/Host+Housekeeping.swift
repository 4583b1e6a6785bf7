import Logging
import Ownership
import Synchronization

extension Host {
    /// Acts on what the session keeper found, in order.
    func act(on notices: AsyncStream<SessionKeeper.Notice>) async {
        await withDiscardingTaskGroup { group in
            for await notice in notices {
                switch notice {
                case .ended(let session):
                    dropAll(of: session)
                case .sweep(let generation):
                    group.addTask { await self.sweep(generation) }
                }
            }
        }
    }

    /// Forgets everything that was live under a session that is over. Whoever waits in one of them is told so.
    private func dropAll(of session: SessionHandle) {
        let dropped = live.withLock { live in
            let dropped = live.elements.filter { $0.session === session }
            for activation in dropped {
                live.remove(activation.id)
            }
            return dropped.count
        }
        logger.warning("dropped what was live", metadata: ["session": "\(session.id)", "actors": "\(dropped)"])
    }

    /// Has every live actor checked against a new generation, then allows the lease to be extended again.
    private func sweep(_ generation: Generation) async {
        let began = clock.now
        let present = live.withLock { $0.elements }
        await forEach(present) { await $0.settle(generation) }
        directory.sweepFinished(generation)
        logger.notice(
            "checked live actors",
            metadata: ["generation": "\(generation)", "actors": "\(present.count)", "took": "\(clock.now - began)"]
        )
    }

    /// Looks after what nobody else wakes up for, until the task is cancelled.
    func keepHouse() async {
        while true {
            do {
                try await clock.sleep(until: clock.now + policy.housekeepingInterval)
            } catch {
                return
            }
            let now = clock.now
            let stuck = busy.withLock { busy in
                busy.values.filter { now - $0.since >= policy.housekeepingInterval }.map(\.activation)
            }
            for activation in stuck {
                await activation.expire(at: now)
            }
            let idle = live.withLock {
                $0.unused(since: now - policy.idleTimeout, atMost: policy.passivationBatch)
            }
            if !idle.isEmpty { retirements.yield(idle) }
        }
    }

    /// Gives idle and surplus activations up, until the task is cancelled.
    func keepRetiring() async {
        for await batch in retirementQueue {
            await forEach(batch) { await $0.retire() }
        }
    }

    /// Gives every live actor up, in good order; returns how many were left when `deadline` came.
    ///
    /// No new ones may be made any more: the directory says that the node is draining.
    package func releaseAll(until deadline: ContinuousClock.Instant) async -> Int {
        while clock.now < deadline {
            let present = live.withLock { $0.elements }
            if present.isEmpty { return 0 }
            // What can not be released ends with the session at the latest, so that the wait is bounded.
            await forEach(present) { [clock] in
                if clock.now < deadline { await $0.retire() }
            }
        }
        return liveCount
    }

    /// Runs `body` over the activations, a bounded number at a time.
    private func forEach(
        _ activations: [Activation<D>],
        _ body: @escaping @Sendable (Activation<D>) async -> Void
    ) async {
        let places = Permits(policy.sweepLimit)
        await withDiscardingTaskGroup { group in
            for activation in activations {
                await places.acquire()
                group.addTask {
                    await body(activation)
                    places.release()
                }
            }
        }
    }
}
