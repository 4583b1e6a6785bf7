import Ownership
import Synchronization

extension Host {
    /// This node's answer to a command for an actor.
    enum LocalResult {
        case handled(HandlingResult<D>)
        /// There is no activation here, and the node makes no new ones: it leaves.
        case leaving
        /// There is no activation here, and none can be made now.
        case notReady(HostFailure)
    }

    /// Has the actor's activation on this node handle a command; a new one where there is none and one may be
    /// made.
    func serve(
        _ id: ActorID,
        _ command: D.Command,
        deadline: ContinuousClock.Instant
    ) async throws(HostFailure) -> LocalResult {
        let now = clock.now
        if let found = findActivation(id, at: now) {
            return .handled(await found.handle(command, deadline: deadline))
        }
        guard !closed.load(ordering: .acquiring) else {
            throw failure(.draining, of: id, "the node stopped")
        }
        if directory.isDraining { return .leaving }
        guard directory.session.mayAct(at: now) else {
            return .notReady(failure(.notReady, of: id, "the node has no session: the store does not answer"))
        }
        guard live.withLock({ $0.count < policy.liveLimit }) else {
            return .notReady(failure(.overloaded, of: id, "this node holds as many live actors as it may"))
        }
        // The new activation is born with the command in its mailbox: nothing is hopped to, nothing more is
        // kept for it while it waits, and there may be very many of them.
        return .handled(
            await withCheckedContinuation { caller in
                let reply = ReplyPromise<D>(caller)
                let envelope = Envelope(number: 1, command: command, deadline: deadline, reply: reply)
                if !beginActivation(id, with: envelope) { caller.resume(returning: .gone) }
            }
        )
    }

    /// The actor's activation on this node, if there is one that may act; which counts as a use of it.
    func findActivation(_ id: ActorID, at now: ContinuousClock.Instant) -> Activation<D>? {
        guard let found = live.withLock({ $0.use(id, at: now) }).map(activation),
            found.session.mayAct(at: now)
        else { return nil }
        return found
    }

    /// Makes an activation with a first command and has it become live.
    ///
    /// - Returns: false, with nothing done, if there is one meanwhile or there may be none any more.
    private func beginActivation(_ id: ActorID, with envelope: sending Envelope<D>) -> Bool {
        let now = clock.now
        let deadline = envelope.deadline
        let session = directory.session
        let fresh = Activation(id, session: session, host: self, first: envelope, now: now)
        let made = live.withLock { live -> (began: Bool, victim: ActivationTable.Element?) in
            if let found = live.use(id, at: now).map(activation) {
                // It may be of a newer session than the one that this caller has seen.
                if found.session === session || found.session.mayAct(at: clock.now) { return (false, nil) }
                live.remove(id)
            }
            // Under the lock: what is queued before the host stops is found among what is live, and is
            // closed.
            guard live.count < policy.liveLimit, enqueue(fresh, isRestore: true) else { return (false, nil) }
            let isCrowded = live.count >= policy.liveLimit - evictionMargin
            let victim = isCrowded ? live.rotate(at: now) : nil
            live.insert(fresh, under: id, at: now)
            return (true, victim)
        }
        guard made.began else { return false }
        began()
        scheduleExpiry(fresh, at: deadline)
        if let victim = made.victim { passivate([activation(victim)]) }
        return true
    }

    /// The distance from the limit at which the least recently used are given up, so that room is there when
    /// needed.
    private var evictionMargin: Int {
        min(1_024, max(1, policy.liveLimit / 16))
    }
}
