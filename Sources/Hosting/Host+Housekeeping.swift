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
                case .sweep(let sweep):
                    group.addTask { await self.perform(sweep) }
                }
            }
        }
    }

    /// Forgets everything that was live under a session that is over. Housekeeping tells whoever waits in one of them.
    private func dropAll(of session: SessionHandle) {
        let dropped = live.withLock { live in
            let dropped = live.elements.filter { $0.session === session }
            for activation in dropped {
                live.remove(activation.id)
            }
            return dropped.count
        }
        logger.warning(
            "dropped what was live",
            metadata: ["session": "\(session.id)", "actors": "\(dropped)"]
        )
    }

    /// Has every live actor checked against a new generation, then allows the lease to be extended again.
    private func perform(_ sweep: Sweep) async {
        let began = clock.now
        let present = live.withLock { $0.elements }
        await forEach(present) { await $0.settle(sweep.generation) }
        directory.sweepFinished(sweep)
        logger.notice(
            "checked live actors",
            metadata: [
                "generation": "\(sweep.generation)", "actors": "\(present.count)",
                "took": "\(clock.now - began)",
            ]
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
            var unseen = busyCount
            while unseen > 0 {
                let stuck = takeStuck(at: now)
                if stuck.isEmpty { break }
                unseen -= stuck.count
                for activation in stuck { await activation.expire(at: now) }
            }
            guard retiring.load(ordering: .relaxed) == 0 else { continue }
            let idle = live.withLock {
                $0.unused(since: now - policy.idleTimeout, atMost: policy.passivationBatch)
            }
            if !idle.isEmpty { giveUp(idle) }
        }
    }

    /// Activations whose pump has run for a while and that were not looked after meanwhile, the longest waiting first. Few
    /// at a time: there may be as many as wait for their restore, and nobody can begin or end while they are picked.
    private func takeStuck(at now: ContinuousClock.Instant) -> [Activation<D>] {
        busy.withLock { busy in
            let stuck = busy.unused(since: now - policy.housekeepingInterval, atMost: 256)
            for activation in stuck { _ = busy.use(ObjectIdentifier(activation), at: now) }
            return stuck
        }
    }

    /// Gives idle and surplus activations up, until the task is cancelled.
    func keepRetiring() async {
        let places = Permits(policy.sweepLimit)
        await withDiscardingTaskGroup { group in
            for await batch in retirementQueue {
                for activation in batch {
                    await places.acquire()
                    group.addTask {
                        await activation.retire()
                        places.release()
                        self.retiring.subtract(1, ordering: .relaxed)
                    }
                }
            }
        }
    }

    /// Has activations given up in good order, in the background.
    func giveUp(_ activations: [Activation<D>]) {
        retiring.add(activations.count, ordering: .relaxed)
        retirements.yield(activations)
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
