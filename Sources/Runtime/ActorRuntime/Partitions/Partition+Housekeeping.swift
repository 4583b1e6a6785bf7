import Logging
import NIOCore
import Ownership

/// What nobody who asks wakes the partition up for.
extension Partition {
    /// The number of activations that are dropped in one turn of the loop.
    private static var dropBatch: Int { 1_024 }

    /// Answers who has waited for too long, and gives up what is idle.
    func keepHouse() {
        let now = now
        for activation in overdue.take(until: now) { activation.expireCallers(at: now) }
        // Whoever waits is told soon that the session is over, also while it has no successor yet.
        if !context.directory.session.mayAct(at: now) { expireAllCallers() }
        let limit = context.share(of: context.policy.passivationBatch)
        guard retirements.count < limit else { return }
        // One that cannot be released now must not keep the others: it counts as used, and is not tried again
        // before its time.
        let idle = live.rotateUnused(since: now - context.policy.idleTimeout, atMost: limit, at: now)
        if !idle.isEmpty { passivate(idle.map(activation)) }
    }

    /// Looks after whoever waits in any activation: the session is over, for all or for some of them.
    private func expireAllCallers() {
        let now = now
        for activation in overdue.elements { activation.expire(at: now) }
    }

    /// Gives activations up in good order, in the background.
    func passivate(_ activations: [Activation<D>]) {
        retirements.enqueue(activations) { activation, done in activation.retireOnce(done) }
    }

    /// Forgets everything that was live under a session that is over, some of it in each turn.
    func drop(_ session: SessionHandle, done: @escaping @Sendable (Int) -> Void) {
        expireAllCallers()
        drop(present.filter { $0.session === session }[...], soFar: 0, done)
    }

    private func drop(
        _ activations: ArraySlice<Activation<D>>,
        soFar count: Int,
        _ done: @escaping @Sendable (Int) -> Void
    ) {
        let now = activations.prefix(Self.dropBatch)
        for activation in now { forget(activation) }
        let count = count + now.count
        let rest = activations.dropFirst(now.count)
        if rest.isEmpty { return done(count) }
        loop.assumeIsolated().execute { self.drop(rest, soFar: count, done) }
    }

    // MARK: Drain

    /// Gives every activation up; `done` is called when they are gone, or when nobody waits for them any more.
    func retireAll(until deadline: ContinuousClock.Instant, done: @escaping () -> Void) {
        forEach(present, { $0.retire(until: deadline, $1) }, done: done)
    }

    /// Lets go whoever waits for an actor that cannot be released. No retirement that knows of the deadline
    /// begins once it has come.
    func endWaitForRetirements() {
        for activation in present { activation.endWaitForRetirement() }
    }

    // MARK: Sweep

    /// The ids of all activations, some at a time.
    func idsOfPresent(by limit: Int) -> [[ActorID]] {
        let all = present.map(\.id)
        return stride(from: 0, to: all.count, by: limit).map { Array(all[$0..<min($0 + limit, all.count)]) }
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
