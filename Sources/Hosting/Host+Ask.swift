import Ownership
import Synchronization

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
        var journey = Journey(
            trouble: HostFailure(
                .deadlineExceeded,
                .notApplied,
                id: id,
                detail: "the time given for it ran out"
            ),
            backoff: Backoff(floor: policy.backoffFloor, ceiling: policy.backoffCeiling)
        )
        while true {
            let step = try await step(id, command, deadline: deadline, trace: trace, next: journey.next)
            switch step {
            case .done(let answer):
                return answer
            case .at(let place):
                // Each change of place is news; only when the same comes again is there reason to wait.
                journey.next = place
                journey.turns += 1
                guard journey.turns > Journey.freeTurns else { continue }
            case .wait(let trouble):
                journey.next = .anywhere
                journey.trouble = trouble
            }
            guard clock.now < deadline, await pause(&journey.backoff) else { throw journey.trouble }
            guard clock.now < deadline else { throw journey.trouble }
        }
    }

    private func step(
        _ id: ActorID,
        _ command: D.Command,
        deadline: ContinuousClock.Instant,
        trace: String,
        next: Place
    ) async throws(HostFailure) -> Step<D> {
        switch next {
        case .owner(let session) where session == directory.session.id:
            return try await serveHere(id, command, deadline: deadline)
        case .owner(let session):
            return try await forward(id, command, to: session, deadline: deadline, trace: trace)
        case .here:
            return try await serveHere(id, command, deadline: deadline)
        case .anywhere:
            let now = clock.now
            if let found = live.withLock({ $0.use(id, at: now) }), found.session.mayAct(at: now) {
                return try step(after: await found.handle(command, deadline: deadline), found)
            }
            if let session = routes.withLock({ $0[id] }) {
                return try await forward(id, command, to: session, deadline: deadline, trace: trace)
            }
            return try await serveHere(id, command, deadline: deadline)
        }
    }

    /// Serves from the activation on this node, making one if there is none.
    private func serveHere(
        _ id: ActorID,
        _ command: D.Command,
        deadline: ContinuousClock.Instant
    ) async throws(HostFailure) -> Step<D> {
        switch try findActivation(id, command) {
        case .found(let activation):
            return try step(after: await activation.handle(command, deadline: deadline), activation)
        case .leaving:
            guard let taker = taker(of: id) else {
                return .wait(failure(.draining, id, "the node is leaving and there is no other"))
            }
            return .at(.owner(taker.session))
        case .notReady(let trouble):
            return .wait(trouble)
        }
    }

    private func step(after handled: Handled<D>, _ activation: Activation<D>) throws(HostFailure) -> Step<D> {
        switch handled {
        case .answer(let answer):
            return .done(answer)
        case .failure(let failure):
            throw failure
        case .elsewhere(let session):
            routes.withLock { $0.remember(session, for: activation.id) }
            return .at(.owner(session))
        case .unowned:
            return .wait(failure(.notReady, activation.id, "Redis was replaced or restarted a moment ago"))
        case .gone:
            forget(activation)
            return .at(.here)
        }
    }

    func failure(_ reason: HostFailure.Reason, _ id: ActorID, _ detail: String) -> HostFailure {
        HostFailure(reason, .notApplied, id: id, detail: detail)
    }
}

/// Where a command may be decided.
enum Place {
    /// Where it was last known to be, else here.
    case anywhere
    case here
    case owner(SessionID)
}

/// What one attempt to have a command decided came to. Where it is not `done`, nothing was applied.
enum Step<D: Decider> {
    case done(Answer<D>)
    case at(Place)
    /// Try again a little later; what to say if there is no later.
    case wait(HostFailure)
}

/// One command's way to its owner.
private struct Journey {
    /// How often the place may change before each change costs a pause.
    static let freeTurns = 3

    var next: Place = .anywhere
    var turns = 0
    var trouble: HostFailure
    var backoff: Backoff
}
