import LogEvents
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
                case .ended(let session): group.addTask { await self.drop(session) }
                case .sweep(let sweep): requests.yield(sweep)
                }
            }
            requests.finish()
        }
    }

    /// Forgets everything that was live under a session that is over.
    private func drop(_ session: SessionHandle) async {
        let dropped = await ofEachPartition { partition in
            await withCheckedContinuation { continuation in
                partition.post(.work { $0.drop(session) { continuation.resume(returning: $0) } })
            }
        }
        let count = dropped.reduce(0, +)
        hostCounts.withLock { $0.droppedActors += UInt64(count) }
        context.logger.event(.sessionActorsDropped, ["session": "\(session.id)", "actors": .number(count)])
    }

    /// Looks after what nobody else wakes up for, until the task is cancelled.
    func runHousekeeping() async {
        while await context.pause(for: policy.housekeepingInterval) {
            for partition in partitions { partition.post(.work { $0.keepHouse() }) }
        }
    }

    /// Gives every live actor up, in good order, until none is left or `deadline` comes. A node that is not
    /// draining may make new ones meanwhile.
    ///
    /// - Returns: the number of actors that are left.
    package func releaseAll(until deadline: ContinuousClock.Instant) async -> Int {
        let clock = context.clock
        while clock.now < deadline {
            if liveCount == 0 { return 0 }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.endWaitForRetirements(at: deadline) }
                _ = await ofEachPartition { partition in
                    await partition.wait { $0.retireAll(until: deadline, done: $1) }
                }
                group.cancelAll()
            }
        }
        return liveCount
    }

    /// Lets go whoever waits for an actor that cannot be released, once `deadline` comes.
    private func endWaitForRetirements(at deadline: ContinuousClock.Instant) async {
        do {
            try await context.clock.sleep(until: deadline)
        } catch {
            return
        }
        for partition in partitions { partition.post(.work { $0.endWaitForRetirements() }) }
    }

    /// Has something done in all partitions at once.
    func ofEachPartition<Result: Sendable>(
        _ body: @escaping @Sendable (PartitionHandle<D>) async -> Result
    ) async -> [Result] {
        await withTaskGroup(of: Result.self) { group in
            for partition in partitions { group.addTask { await body(partition) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}
