import Ownership
import Synchronization

extension Host {
    enum Found {
        case found(Activation<D>)
        /// There is none here, and the node makes no new ones: it leaves.
        case leaving
        /// There is none here, and none can be made now.
        case notReady(HostFailure)
    }

    /// The actor's activation on this node; a new one where there is none and one may be made.
    func findActivation(_ id: ActorID, _ command: D.Command) throws(HostFailure) -> Found {
        let now = clock.now
        if let found = live.withLock({ $0.use(id, at: now) }), found.session.mayAct(at: now) {
            return .found(found)
        }
        guard !closed.load(ordering: .acquiring) else {
            throw failure(.draining, id, "the node stopped")
        }
        if directory.isDraining { return .leaving }
        let session = directory.session
        guard session.mayAct(at: now) else {
            return .notReady(failure(.notReady, id, "the node has no session: Redis does not answer"))
        }
        let create = decider.mayCreate(command)
        let made = live.withLock { live -> (Activation<D>, victim: Activation<D>?)? in
            if let found = live.use(id, at: now) {
                // It may be of a newer session than the one that this caller has seen.
                if found.session === session || found.session.mayAct(at: clock.now) { return (found, nil) }
                live.remove(id)
            }
            guard live.count < policy.liveLimit else { return nil }
            let isCrowded = live.count >= policy.liveLimit - evictionMargin
            let victim = isCrowded ? live.rotate(at: now) : nil
            let fresh = Activation(id, session: session, host: self, create: create, now: now)
            live.insert(fresh, under: id, at: now)
            return (fresh, victim)
        }
        guard let (activation, victim) = made else {
            return .notReady(failure(.overloaded, id, "as many carts are live on this node as it may hold"))
        }
        if let victim { giveUp([victim]) }
        return .found(activation)
    }

    /// How far below the limit the least recently used are given up, so that room is there when it is needed.
    private var evictionMargin: Int {
        min(1_024, max(1, policy.liveLimit / 16))
    }
}
