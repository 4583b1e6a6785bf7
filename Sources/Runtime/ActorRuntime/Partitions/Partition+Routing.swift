import Ownership

/// The way of an ask to the actor's owner.
extension Partition {
    /// The number of times that a peer's ask may find its activation gone before the peer is told to try again.
    private static var peerTurns: Int { 3 }

    /// Has the ask answered at a place. On the hot path.
    func route(_ ask: Ask<D>, to place: RoutingTarget) {
        switch place {
        case .here:
            return serve(ask)
        case .owner(let session):
            if session == context.directory.session.id { return serve(ask) }
            forward(ask, to: session)
        case .anywhere:
            if let found = findActivation(ask.id, at: now) { return found.take(ask) }
            if let session = routes[ask.id] { forward(ask, to: session) } else { serve(ask) }
        }
    }

    // MARK: An activation could not take it

    /// Another session owns the actor. Nothing was applied.
    func handle(_ ask: Ask<D>, ownedBy session: SessionID) {
        ask.spans?.left()
        if ask.isFromPeer { return ask.redirectPeer(to: session) }
        routes.remember(session, for: ask.id)
        redirect(ask, to: .owner(session))
    }

    /// Nobody owns the actor, and this node takes none now. Nothing was applied.
    ///
    /// - Parameter obstacle: what keeps the node from taking it; nil where it is the store as a whole.
    func handleUnowned(_ ask: Ask<D>, because obstacle: String? = nil) {
        ask.spans?.left()
        let why = obstacle ?? "the store was replaced or restarted a moment ago"
        let failure = failure(.notReady, of: ask, why)
        if ask.isFromPeer { ask.fail(failure) } else { wait(ask, after: failure) }
    }

    /// The activation is gone. Nothing was applied.
    func handleGone(_ ask: Ask<D>) {
        ask.spans?.left()
        guard ask.isFromPeer else { return redirect(ask, to: .here) }
        var routing = routing(of: ask)
        routing.redirect(to: .here)
        ask.routing = routing
        if routing.redirects < Self.peerTurns { serve(ask) } else { ask.redirectPeer(to: nil) }
    }

    // MARK: The next place

    /// Has the ask answered at another place, which is news.
    func redirect(_ ask: Ask<D>, to place: RoutingTarget) {
        var routing = routing(of: ask)
        routing.redirect(to: place)
        ask.routing = routing
        goOn(ask, routing)
    }

    /// Has the ask answered a little later.
    ///
    /// - Parameter failure: what is told if there is no time left.
    func wait(_ ask: Ask<D>, after failure: HostFailure) {
        ask.spans?.waits(failure.reason)
        var routing = routing(of: ask)
        routing.wait(after: failure)
        ask.routing = routing
        goOn(ask, routing)
    }

    private func routing(of ask: Ask<D>) -> RoutingState {
        ask.routing
            ?? RoutingState(
                lastFailure: failure(.deadlineExceeded, of: ask, "the time given for it ran out"),
                backoff: context.freshBackoff
            )
    }

    private func goOn(_ ask: Ask<D>, _ routing: RoutingState) {
        guard routing.mustWait else { return route(ask, to: routing.next) }
        guard now < ask.deadline else { return ask.fail(routing.lastFailure) }
        var routing = routing
        let time = context.nextPause(of: &routing.backoff)
        ask.routing = routing
        pause(for: time) { isDue in
            guard isDue, self.now < ask.deadline else { return ask.fail(routing.lastFailure) }
            self.route(ask, to: routing.next)
        }
    }
}
