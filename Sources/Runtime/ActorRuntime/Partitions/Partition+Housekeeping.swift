import Logging
import NIOCore
import Ownership

/// The partition's housekeeping: deadlines, idle actors, lost sessions, drains and sweeps.
extension Partition {
    /// Answers who has waited for too long, and gives up what is idle.
    func keepHouse() {
        let now = now
        for activation in overdue.take(until: now) { activation.expireCallers(at: now) }
        keepRights(at: now)
        // Whoever waits is told soon that the session is over, also while it has no successor yet.
        if !context.directory.session.mayAct(at: now), !isTellingAll {
            isTellingAll = true
            expireAllCallers { self.isTellingAll = false }
        }
        let limit = context.share(of: context.policy.passivationBatch)
        guard retirements.count < limit else { return }
        // One that cannot be released now must not keep the others: it counts as used, and is not tried again
        // before its time.
        let unused = live.rotateUnused(since: now - context.policy.idleTimeout, atMost: limit, at: now)
        let idle = claimable(unused.map(activation), at: now)
        if !idle.isEmpty { passivate(idle, because: .idle) }
    }

    /// Looks after whoever waits in any activation: the session is over, for all or for some of them. Nobody
    /// comes to wait in an activation of a session that is over.
    private func expireAllCallers(done: @escaping () -> Void) {
        expireNext(overdue.elements.makeIterator(), done: done)
    }

    private func expireNext(
        _ waiting: FlattenSequence<[[Activation<D>]]>.Iterator,
        done: @escaping () -> Void
    ) {
        var waiting = waiting
        let now = now
        for _ in 0..<context.policy.turnLimit {
            guard let activation = waiting.next() else { return done() }
            activation.expire(at: now)
        }
        inLaterTurn { [waiting] in self.expireNext(waiting, done: done) }
    }

    /// Gives activations up in good order, in the background.
    func passivate(_ activations: [Activation<D>], because reason: PartitionCounts.ActivationEnd) {
        retirements.enqueue(activations) { activation, done in
            activation.retireOnce(because: reason, done)
        }
    }

    /// Forgets everything that was live under a session that is over, some of it in each turn. Nothing becomes
    /// live under it any more.
    ///
    /// - Parameter done: called with the number of those that were forgotten, when all are.
    func drop(_ session: SessionHandle, done: @escaping (Int) -> Void) {
        expireAllCallers { self.dropNext(of: self.live.walk, under: session, dropped: 0, done: done) }
    }

    private func dropNext(
        of walk: ActivationTable.Walk,
        under session: SessionHandle,
        dropped: Int,
        done: @escaping (Int) -> Void
    ) {
        var walk = walk
        var dropped = dropped
        for activation in next(of: &walk) where activation.session === session {
            forget(activation, because: .sessionOver)
            dropped += 1
        }
        guard !walk.isAtEnd else { return done(dropped) }
        inLaterTurn { [walk, dropped] in
            self.dropNext(of: walk, under: session, dropped: dropped, done: done)
        }
    }

    // MARK: Drain

    /// Gives up every activation that is there now; `done` is called when they are gone, or when nobody waits for
    /// them any more.
    func retireAll(until deadline: ContinuousClock.Instant, done: @escaping () -> Void) {
        let walk = RetirementWalk(of: self, until: deadline) { walk in
            self.retirementWalks.removeAll { $0 === walk }
            done()
        }
        retirementWalks.append(walk)
        walk.goOn()
    }

    /// Lets go whoever waits for an actor that cannot be released. No retirement that knows of the deadline
    /// begins once it has come.
    func endWaitForRetirements() {
        for walk in retirementWalks { walk.endWait() }
    }

    // MARK: Sweep

    /// The ids of the next activations of a walk. All that were live at its beginning need a look; one that became
    /// live later was claimed in the generation in force, or is claimed anew.
    ///
    /// - Parameter limit: the most ids.
    func nextIDs(of walk: inout ActivationTable.Walk, atMost limit: Int) -> [ActorID] {
        // Those of a session that is over are about to be dropped.
        let session = context.directory.session
        return next(of: &walk, atMost: limit).filter { $0.session === session }.map(\.id)
    }

    /// Has each activation checked that is not just as the store has it.
    ///
    /// - Parameters:
    ///   - stored: the store's owners and versions of the actors; nil where they are not known, so that all
    ///     are checked.
    ///   - done: called with the number of those that were checked.
    func settle(
        _ ids: [ActorID],
        against stored: [StoredOwnership?]?,
        for sweep: Sweep,
        done: @escaping @Sendable (Int) -> Void
    ) {
        var differing: [Activation<D>] = []
        for (place, id) in ids.enumerated() {
            // One that ended meanwhile has given up what it had.
            guard let activation = live.peek(id).map(activation) else { continue }
            if let stored, activation.isIntact(stored[place]) { continue }
            differing.append(activation)
        }
        let count = differing.count
        forEach(
            differing,
            { [directory = context.directory] activation, isDone in
                guard directory.isUnderWay(sweep) else { return isDone() }
                activation.settle(sweep.generation, isDone)
            },
            done: { done(count) }
        )
    }
}
