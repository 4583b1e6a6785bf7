import Logging
package import Ownership
import Synchronization
import Timing

extension Host {
    /// Has every live actor checked against a new generation, then allows the lease to be extended again.
    /// Ends early once the sweep is of no use: another generation came, whose own sweep is next, or the
    /// session ended.
    ///
    /// The store is asked for the owners of many actors at once. Only an actor that differs from what it
    /// says, or has something under way, is checked by its activation.
    func perform(_ sweep: Sweep) async {
        let began = clock.now
        let present = present
        let differing: Int
        if policy.ownershipReadLimit > 0 {
            differing = await settleDiffering(among: present, for: sweep)
        } else {
            differing = present.count
            await settle(present, for: sweep)
        }
        // A cancelled check has compared nothing.
        guard !Task.isCancelled, directory.isUnderWay(sweep) else {
            return logger.notice(
                "gave a check of live actors up",
                metadata: ["generation": "\(sweep.generation)", "took": "\(clock.now - began)"]
            )
        }
        directory.sweepFinished(sweep)
        let report = SweepReport(
            generation: sweep.generation,
            actors: present.count,
            differing: differing,
            took: clock.now - began
        )
        sweepReport.withLock { $0 = report }
        logger.notice(
            "checked live actors",
            metadata: [
                "generation": "\(report.generation)", "actors": "\(report.actors)",
                "differing": "\(report.differing)", "took": "\(report.took)",
            ]
        )
    }

    /// Reads the owners of the actors from the store, some at a time, and has the activations checked that
    /// differ from it.
    ///
    /// - Returns: the number of those that differ.
    private func settleDiffering(among activations: [Activation<D>], for sweep: Sweep) async -> Int {
        let limit = policy.ownershipReadLimit
        let places = AsyncSemaphore(policy.ownershipReadsInFlight)
        return await withTaskGroup(of: Int.self) { group in
            for start in stride(from: 0, to: activations.count, by: limit) {
                await places.acquire()
                guard directory.isUnderWay(sweep) else { break }
                let slice = activations[start..<min(start + limit, activations.count)]
                group.addTask {
                    let differing = await self.differing(among: slice, from: sweep)
                    await self.settle(differing, for: sweep)
                    // Not before: after a loss of all data nothing else bounds the checks under way.
                    places.release()
                    return differing.count
                }
            }
            return await group.reduce(0, +)
        }
    }

    /// The activations that are not just as the store has them. Asks again until the store answers; empty
    /// once the sweep is of no use.
    private func differing(
        among activations: ArraySlice<Activation<D>>,
        from sweep: Sweep
    ) async -> [Activation<D>] {
        let ids = activations.map(\.id)
        var backoff = Backoff(floor: policy.backoffFloor, ceiling: policy.backoffCeiling)
        while directory.isUnderWay(sweep) {
            do throws(StoreFailure) {
                switch try await store.ownership(of: ids, generation: sweep.generation) {
                case .owners(let owners) where owners.count == ids.count:
                    var differing: [Activation<D>] = []
                    for (activation, stored) in zip(activations, owners)
                    where await !activation.isIntact(stored) {
                        differing.append(activation)
                    }
                    return differing
                case .owners:
                    return Array(activations)
                case .otherGeneration:
                    break  // The next heartbeat will tell, and begin its own sweep.
                }
            } catch {
                logger.debug("the owners of live actors are not known", metadata: ["cause": "\(error)"])
            }
            guard await pause(&backoff) else { return [] }
        }
        return []
    }

    private func settle(_ activations: [Activation<D>], for sweep: Sweep) async {
        await forEach(activations, while: { [directory] in directory.isUnderWay(sweep) }) {
            await $0.settle(sweep.generation)
        }
    }

    /// The last sweep that came to its end; nil before the first one.
    package var lastSweep: SweepReport? {
        sweepReport.withLock { $0 }
    }
}

/// A sweep that came to its end.
package struct SweepReport: Sendable, Hashable {
    package let generation: Generation
    /// The number of actors that were live when it began.
    package let actors: Int
    /// The number of those that were checked each by its activation.
    package let differing: Int
    package let took: Duration
}
