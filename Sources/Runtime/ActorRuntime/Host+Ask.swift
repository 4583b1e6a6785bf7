import Ownership
import Synchronization
import Timing

extension Host {
    /// Has an actor's owner decide a command, wherever it is.
    ///
    /// - Parameters:
    ///   - deadline: until when the caller waits.
    ///   - trace: the caller's W3C `traceparent`, or empty.
    /// - Throws: `HostFailure` where it was not decided in time or its fate is not known.
    package func ask(
        _ id: ActorID,
        _ command: D.Command,
        deadline: ContinuousClock.Instant,
        trace: String = ""
    ) async throws(HostFailure) -> Answer<D> {
        // The first attempt, which mostly is the only one, stands apart: many may wait in it, and what each
        // keeps counts.
        let first = try await step(id, command, deadline: deadline, trace: trace, next: .anywhere)
        if case .done(let answer) = first { return answer }
        return try await retry(id, command, deadline: deadline, trace: trace, from: first)
    }

    /// Goes on asking from where the first attempt led to.
    private func retry(
        _ id: ActorID,
        _ command: D.Command,
        deadline: ContinuousClock.Instant,
        trace: String,
        from first: RoutingStep<D>
    ) async throws(HostFailure) -> Answer<D> {
        var routing = RoutingState(
            lastFailure: failure(.deadlineExceeded, of: id, "the time given for it ran out"),
            backoff: Backoff(floor: policy.backoffFloor, ceiling: policy.backoffCeiling)
        )
        var step = first
        while true {
            switch step {
            case .done(let answer): return answer
            case .at(let place): routing.redirect(to: place)
            case .wait(let lastFailure): routing.wait(after: lastFailure)
            }
            if routing.mustWait {
                guard clock.now < deadline, await pause(&routing.backoff) else { throw routing.lastFailure }
                guard clock.now < deadline else { throw routing.lastFailure }
            }
            step = try await self.step(id, command, deadline: deadline, trace: trace, next: routing.next)
        }
    }

    private func step(
        _ id: ActorID,
        _ command: D.Command,
        deadline: ContinuousClock.Instant,
        trace: String,
        next: RoutingTarget
    ) async throws(HostFailure) -> RoutingStep<D> {
        if case .anywhere = next, let found = findActivation(id, at: clock.now) {
            return try step(after: await found.handle(command, deadline: deadline), id)
        }
        if let session = owner(of: id, next) {
            return try await forward(id, command, to: session, deadline: deadline, trace: trace)
        }
        return try step(after: try await serve(id, command, deadline: deadline), id)
    }

    private func step(after served: LocalResult, _ id: ActorID) throws(HostFailure) -> RoutingStep<D> {
        switch served {
        case .handled(let handled):
            return try step(after: handled, id)
        case .leaving:
            guard let handoverTarget = handoverTarget(of: id) else {
                return .wait(failure(.draining, of: id, "the node is leaving, and there is no other node"))
            }
            return .at(.owner(handoverTarget.session))
        case .notReady(let lastFailure):
            return .wait(lastFailure)
        }
    }

    /// The session to forward to; nil where this node is to serve.
    private func owner(of id: ActorID, _ place: RoutingTarget) -> SessionID? {
        switch place {
        case .here: nil
        case .owner(let session): session == directory.session.id ? nil : session
        case .anywhere: routes.withLock { $0[id] }
        }
    }

    private func step(after handled: HandlingResult<D>, _ id: ActorID) throws(HostFailure) -> RoutingStep<D> {
        switch handled {
        case .answer(let answer):
            return .done(answer)
        case .failure(let failure):
            throw failure
        case .elsewhere(let session):
            routes.withLock { $0.remember(session, for: id) }
            return .at(.owner(session))
        case .unowned:
            return .wait(failure(.notReady, of: id, "the store was replaced or restarted a moment ago"))
        case .gone:
            return .at(.here)
        }
    }

    func failure(_ reason: HostFailure.Reason, of id: ActorID, _ detail: String) -> HostFailure {
        HostFailure(reason, .notApplied, id: id, detail: detail)
    }
}

/// A place at which a command may be decided.
enum RoutingTarget {
    /// The last known owner, else this node.
    case anywhere
    case here
    case owner(SessionID)
}

/// The result of one attempt to have a command decided. Unless it is `done`, nothing was applied.
enum RoutingStep<D: Decider> {
    case done(Answer<D>)
    case at(RoutingTarget)
    /// Try again a little later; the failure to throw if there is no time left.
    case wait(HostFailure)
}

/// One command's way to its owner.
private struct RoutingState {
    /// The number of changes of place before each further change costs a pause.
    private static let freeRedirects = 3

    private(set) var next: RoutingTarget = .anywhere
    /// The failure to throw if there is no time left.
    private(set) var lastFailure: HostFailure
    private(set) var mustWait = false
    var backoff: Backoff
    private var redirects = 0

    init(lastFailure: HostFailure, backoff: Backoff) {
        self.lastFailure = lastFailure
        self.backoff = backoff
    }

    /// Each change of place is news; only when the same comes again is there reason to wait.
    mutating func redirect(to place: RoutingTarget) {
        next = place
        redirects += 1
        mustWait = redirects > Self.freeRedirects
    }

    mutating func wait(after lastFailure: HostFailure) {
        next = .anywhere
        self.lastFailure = lastFailure
        mustWait = true
    }
}
