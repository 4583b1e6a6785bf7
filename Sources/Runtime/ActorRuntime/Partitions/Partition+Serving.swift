import MetricReadings
import Ownership
import RequestTracing

/// Actors on this node. On the hot path.
extension Partition {
    /// Has an ask answered, wherever the actor's owner is.
    func take(_ ask: Ask<D>) {
        if let trace = ask.trace, trace.isSampled, let tracing = context.tracing {
            ask.spans = AskSpans(tracing, within: trace, of: ask.id)
        }
        if ask.isFromPeer { serve(ask) } else { route(ask, to: .anywhere) }
    }

    /// Has the actor's activation here take the ask; a new one where there is none and one may be made.
    func serve(_ ask: Ask<D>) {
        let now = now
        if let found = findActivation(ask.id, at: now) { return found.take(ask) }
        // Whoever asks was the owner when this node last heard of it: it must find out itself, and would only
        // meet this node's claim.
        if let asker = ask.asker, routes[ask.id] == asker { return ask.redirectPeer(to: asker) }
        let directory = context.directory
        guard !isClosed else { return ask.fail(failure(.draining, of: ask, "the node stopped")) }
        if directory.isDraining {
            counts.refusedRestores.count(.draining)
            return leave(ask)
        }
        let session = directory.session
        guard session.mayAct(at: now) else {
            counts.refusedRestores.count(.noSession)
            let why = "the node has no session: the store does not answer"
            return notReady(ask, failure(.notReady, of: ask, why))
        }
        guard live.count < liveLimit else {
            counts.refusedRestores.count(.full)
            if retirements.count == 0 { makeRoom(at: now) }
            let why = "this node holds as many live actors as it may"
            return notReady(ask, failure(.overloaded, of: ask, why))
        }
        beginActivation(for: ask, under: session, at: now)
    }

    /// The actor's activation here, if there is one that may act; which counts as a use of it.
    func findActivation(_ id: ActorID, at now: ContinuousClock.Instant) -> Activation<D>? {
        guard let found = live.use(id, at: now).map(activation), found.session.mayAct(at: now) else {
            return nil
        }
        return found
    }

    /// Makes an activation with a first command and has it become live.
    private func beginActivation(
        for ask: Ask<D>,
        under session: SessionHandle,
        at now: ContinuousClock.Instant
    ) {
        // One whose session is over may still be here.
        if let former = live.peek(ask.id).map(activation) { forget(former, because: .sessionOver) }
        if live.count >= liveLimit - evictionMargin { makeRoom(at: now) }
        let fresh = Activation(ask.id, session: session, partition: self, first: ask, now: now)
        live.insert(fresh, under: ask.id, at: now)
        noteCount()
        began()
        scheduleExpiry(fresh, at: ask.deadline)
        restores.enqueue(fresh)
    }

    /// Has the least recently used actor given up. One that is becoming live is wanted just now.
    private func makeRoom(at now: ContinuousClock.Instant) {
        guard let victim = live.rotate(at: now).map(activation), !victim.isClaiming else { return }
        passivate([victim], because: .surplus)
    }

    /// The distance from the limit at which the least recently used are given up, so that room is there when
    /// needed.
    private var evictionMargin: Int { min(1_024, max(1, liveLimit / 16)) }

    /// The ask of an actor that is not live here, while the node leaves.
    private func leave(_ ask: Ask<D>) {
        if ask.isFromPeer { return ask.redirectPeer(to: nil) }
        guard let target = handoverTarget(of: ask.id) else {
            let why = "the node is leaving, and there is no other node"
            return wait(ask, after: failure(.draining, of: ask, why))
        }
        redirect(ask, to: .owner(target.session))
    }

    private func notReady(_ ask: Ask<D>, _ failure: HostFailure) {
        if ask.isFromPeer { ask.fail(failure) } else { wait(ask, after: failure) }
    }

    func failure(_ reason: HostFailure.Reason, of ask: Ask<D>, _ detail: String) -> HostFailure {
        context.failure(reason, of: ask.id, detail)
    }
}
