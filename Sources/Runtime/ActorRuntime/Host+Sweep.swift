import LogEvents
import Logging
import MetricReadings
package import Ownership
import Synchronization

extension Host {
    /// Has every live actor checked against a new generation, then allows the lease to be extended again.
    /// Ends early once the sweep is of no use: another generation came, whose own sweep is next, or the
    /// session ended.
    ///
    /// The store is asked for the owners of many actors at once. Only an actor that differs from what it
    /// says, or has something under way, is checked by its activation.
    func perform(_ sweep: Sweep) async {
        let clock = context.clock
        let began = clock.now
        let counts = await ofEachPartition { await self.check($0, for: sweep) }
        // A cancelled check has compared nothing.
        guard !Task.isCancelled, directory.isUnderWay(sweep) else {
            hostCounts.withLock { $0.abandonedSweeps += 1 }
            return context.logger.event(
                .sweepGivenUp,
                ["generation": "\(sweep.generation)", "tookMilliseconds": .milliseconds(clock.now - began)]
            )
        }
        directory.sweepFinished(sweep)
        let report = SweepReport(
            generation: sweep.generation,
            actors: counts.reduce(0) { $0 + $1.actors },
            differing: counts.reduce(0) { $0 + $1.differing },
            took: clock.now - began
        )
        sweepReport.withLock { $0 = report }
        hostCounts.withLock { counts in
            counts.sweeps.record(report.took)
            counts.sweptActors += UInt64(report.actors)
            counts.differingActors += UInt64(report.differing)
        }
        context.logger.event(
            .sweepFinished,
            [
                "generation": "\(report.generation)", "actors": .number(report.actors),
                "differing": .number(report.differing), "tookMilliseconds": .milliseconds(report.took),
            ]
        )
    }

    /// Checks the actors of one partition, some at a time.
    private func check(
        _ partition: PartitionHandle<D>,
        for sweep: Sweep
    ) async -> (actors: Int, differing: Int) {
        var walk = await partition.call { $0.live.walk }
        var slices = 0
        var actors = 0
        var differing = 0
        await withTaskGroup(of: Int.self) { group in
            while !walk.isAtEnd {
                // A slice has its place until what differs in it was checked: after a loss of all data nothing
                // else bounds the checks under way.
                if slices >= context.share(of: policy.ownershipReadsInFlight) {
                    differing += await group.next() ?? 0
                }
                guard directory.isUnderWay(sweep) else { break }
                let slice = await nextSlice(of: &walk, on: partition)
                guard !slice.isEmpty else { break }
                slices += 1
                actors += slice.count
                group.addTask { await self.check(slice, on: partition, for: sweep) }
            }
            differing += await group.reduce(0, +)
        }
        return (actors, differing)
    }

    /// The ids of the next actors of a walk; none at its end.
    private func nextSlice(
        of walk: inout ActivationTable.Walk,
        on partition: PartitionHandle<D>
    ) async -> [ActorID] {
        let limit = policy.ownershipReadLimit > 0 ? policy.ownershipReadLimit : policy.turnLimit
        var slice: [ActorID] = []
        while slice.count < limit, !walk.isAtEnd {
            let (ids, rest) = await partition.call { [walk, room = limit - slice.count] partition in
                var walk = walk
                return (partition.nextIDs(of: &walk, atMost: room), walk)
            }
            slice += ids
            walk = rest
        }
        return slice
    }

    /// Compares actors with the store, and has those checked that differ.
    ///
    /// - Returns: the number of those that differ.
    private func check(_ ids: [ActorID], on partition: PartitionHandle<D>, for sweep: Sweep) async -> Int {
        let stored: [StoredOwnership?]?
        if policy.ownershipReadLimit > 0 {
            switch await owners(of: ids, on: partition, for: sweep) {
            case .owners(let owners): stored = owners.count == ids.count ? owners : nil
            case .ofNoUse: return 0
            }
        } else {
            stored = nil
        }
        return await withCheckedContinuation { continuation in
            partition.post(
                .work { $0.settle(ids, against: stored, for: sweep) { continuation.resume(returning: $0) } }
            )
        }
    }

    private enum OwnersRead {
        case owners([StoredOwnership?])
        /// The sweep is of no use any more.
        case ofNoUse
    }

    /// Asks the store for owners until it answers.
    private func owners(
        of ids: [ActorID],
        on partition: PartitionHandle<D>,
        for sweep: Sweep
    ) async -> OwnersRead {
        var backoff = context.freshBackoff
        while directory.isUnderWay(sweep) {
            do throws(StoreFailure) {
                let generation = sweep.generation
                switch try await store.ownership(of: ids, generation: generation, on: partition.loop) {
                case .owners(let owners): return .owners(owners)
                case .otherGeneration: break  // The next heartbeat will tell, and begin its own sweep.
                }
            } catch {
                context.logger.event(.sweepOwnersUnknown, ["cause": "\(error)"])
            }
            guard await context.pause(&backoff) else { return .ofNoUse }
        }
        return .ofNoUse
    }

    /// The last sweep that came to its end; nil before the first one.
    package var lastSweep: SweepReport? {
        sweepReport.withLock { $0 }
    }
}

/// A sweep that came to its end.
package struct SweepReport: Sendable, Hashable {
    package let generation: Generation
    /// The number of actors that were live when it began, and still were when it came to them.
    package let actors: Int
    /// The number of those that were checked each by its activation.
    package let differing: Int
    package let took: Duration
}
