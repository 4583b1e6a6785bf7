import Logging
import NIOCore
import Ownership

/// The partition's housekeeping: deadlines, idle actors, lost sessions, drains and sweeps.
extension Partition {
    /// The number of activations that are dropped at a time.
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
        dropNext(DropList(activations: present.filter { $0.session === session }), done)
    }

    private func dropNext(_ list: DropList<D>, _ done: @escaping @Sendable (Int) -> Void) {
        let next = list.activations.suffix(Self.dropBatch)
        for activation in next { forget(activation) }
        list.count += next.count
        list.activations.removeLast(next.count)
        if list.activations.isEmpty { return done(list.count) }
        // A loop runs what is executed at once before it reads from any connection.
        loop.assumeIsolated().scheduleTask(in: .milliseconds(1)) { self.dropNext(list, done) }
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
        // Those of a session that is over are about to be dropped.
        let session = context.directory.session
        let all = present.filter { $0.session === session }.map(\.id)
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

/// The activations that are still to be dropped. A class, so that nobody else holds those that were.
private final class DropList<D: Decider> {
    var activations: [Activation<D>]
    /// The number of those that were dropped.
    var count = 0

    init(activations: [Activation<D>]) {
        self.activations = activations
    }
}
