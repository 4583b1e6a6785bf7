import Logging
import Ownership
import Synchronization

extension Host {
    /// Acts on what the session keeper found, in order. One sweep runs at a time; the latest one waits.
    func act(on notices: AsyncStream<SessionKeeper.Notice>) async {
        let (sweeps, requests) = AsyncStream.makeStream(
            of: Sweep.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await sweep in sweeps { await self.perform(sweep) }
            }
            for await notice in notices {
                switch notice {
                case .ended(let session):
                    dropAll(of: session)
                    group.addTask { await self.expireAllCallers() }
                case .sweep(let sweep):
                    requests.yield(sweep)
                }
            }
            requests.finish()
        }
    }

    /// Forgets everything that was live under a session that is over.
    private func dropAll(of session: SessionHandle) {
        let dropped = live.removeAll { activation($0).session === session }
        logger.warning(
            "dropped what was live",
            metadata: ["session": "\(session.id)", "actors": "\(dropped)"]
        )
    }

    /// Looks after what nobody else wakes up for, until the task is cancelled.
    func runHousekeeping() async {
        while true {
            do {
                try await clock.sleep(until: clock.now + policy.housekeepingInterval)
            } catch {
                return
            }
            let now = clock.now
            for element in overdue.withLock({ $0.take(until: now) }) {
                await activation(element).expireCallers(at: now)
            }
            // Whoever waits is told soon that the session is over, also while it has no successor yet.
            if !directory.session.mayAct(at: now) { await expireAllCallers() }
            // One that cannot be released now must not keep the others: it counts as used, and is not tried
            // again before its time.
            guard retiring.load(ordering: .relaxed) < policy.passivationBatch else { continue }
            let idle = live.withLock {
                $0.rotateUnused(
                    since: now - policy.idleTimeout,
                    atMost: policy.passivationBatch,
                    at: now
                )
            }
            if !idle.isEmpty { passivate(idle.map(activation)) }
        }
    }

    /// Looks after whoever waits in any activation: the session is over, for all or for some of them.
    private func expireAllCallers() async {
        let now = clock.now
        for element in overdue.withLock({ $0.elements }) {
            await activation(element).expire(at: now)
        }
    }

    /// Gives idle and surplus activations up, until the task is cancelled.
    func runRetirements() async {
        let semaphore = AsyncSemaphore(policy.sweepLimit)
        await withDiscardingTaskGroup { group in
            for await batch in retirementQueue {
                for activation in batch {
                    await semaphore.acquire()
                    group.addTask {
                        await activation.retireOnce()
                        semaphore.release()
                        self.retiring.subtract(1, ordering: .relaxed)
                    }
                }
            }
        }
    }

    /// Has activations given up in good order, in the background.
    func passivate(_ activations: [Activation<D>]) {
        retiring.add(activations.count, ordering: .relaxed)
        retirements.yield(activations)
    }

    /// Gives every live actor up, in good order, until none is left or `deadline` comes. A node that is not
    /// draining may make new ones meanwhile.
    ///
    /// - Returns: the number of actors that are left.
    package func releaseAll(until deadline: ContinuousClock.Instant) async -> Int {
        while clock.now < deadline {
            let present = present
            if present.isEmpty { return 0 }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.endWaitForRetirements(at: deadline) }
                await forEach(present, while: { [clock] in clock.now < deadline }) {
                    await $0.retire(until: deadline)
                }
                group.cancelAll()
            }
        }
        return liveCount
    }

    /// Lets go whoever waits for an actor that cannot be released, once `deadline` comes. No retirement that
    /// knows of the deadline begins afterwards.
    private func endWaitForRetirements(at deadline: ContinuousClock.Instant) async {
        do {
            try await clock.sleep(until: deadline)
        } catch {
            return
        }
        for activation in present { await activation.endWaitForRetirement() }
    }

    /// Runs `body` over the activations, a bounded number at a time, as long as that is of use.
    func forEach(
        _ activations: [Activation<D>],
        while isUseful: () -> Bool,
        _ body: @escaping @Sendable (Activation<D>) async -> Void
    ) async {
        let semaphore = AsyncSemaphore(policy.sweepLimit)
        await withDiscardingTaskGroup { group in
            for activation in activations {
                await semaphore.acquire()
                guard isUseful() else { break }
                group.addTask {
                    await body(activation)
                    semaphore.release()
                }
            }
        }
    }
}
