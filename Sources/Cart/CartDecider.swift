/// The shopping cart as pure functions: what a command means for a state, and what an event makes of it.
///
/// An operation that was applied before is answered with what it did then, before anything else is looked at: neither its
/// expected version nor what became of the cart since matters. A refused command is not remembered, as it has not done
/// anything: the same operation may be accepted later.
///
/// When several reasons to refuse hold, the first of these is given: an operation's key that is taken or retired, a
/// command's own shape (`invalid`), the cart not found or deleted, the line not found, currency, limits, and last the version: RFC 9110 (13.2.1) has a precondition ignored
/// where the request would fail without it.
package struct CartDecider: Sendable {
    /// How much a client may put into a cart.
    package let limits: CartLimits

    /// A decider under these limits.
    package init(limits: CartLimits = CartLimits()) {
        self.limits = limits
    }

    /// The state of a cart that does not exist.
    package var initial: CartState { .none }

    /// Decides a command; equal arguments give equal decisions.
    ///
    /// - Parameters:
    ///   - version: the version of `state`, to compare with the one the client expects. 0 for `none`.
    ///   - next: the version that the command's events are committed as. Not one more than `version` where `state` is
    ///     itself part of that commit.
    package func decide(
        _ command: CartCommand,
        on state: CartState,
        version: UInt64,
        next: UInt64
    ) -> CartDecision {
        do {
            if let operation = command.operation, let log = state.operations,
                let applied = try recall(operation, from: log)
            {
                let outcome = CartOutcome(effect: applied.effect, state: state, replayed: applied.version)
                return .accept([], outcome)
            }
            try command.validate(limits)
            let verdict = try judge(command, on: state)
            try requireVersion(of: command, version, on: state)
            var events = verdict.events
            if let recorded = record(command, verdict.effect, next) { events.append(recorded) }
            var after = state
            for event in events { after.apply(event) }
            return .accept(events, CartOutcome(effect: verdict.effect, state: after))
        } catch {
            return .reject(error)
        }
    }

    /// Makes a committed event part of the state; total, see `CartState.apply`.
    package func evolve(_ state: inout CartState, with event: CartEvent) {
        state.apply(event)
    }

    /// The event that has an operation remembered, also one that did nothing: its retry must do nothing either.
    private func record(_ command: CartCommand, _ effect: CartOutcome.Effect, _ version: UInt64)
        -> CartEvent?
    {
        guard case .change(_, let at, _, let operation?) = command else { return nil }
        let applied = AppliedOperation(operation, effect: effect, version: version)
        return .operationApplied(applied, room: limits.operationRoom, at: at)
    }

    private func requireVersion(of command: CartCommand, _ actual: UInt64, on state: CartState)
        throws(CartRejection)
    {
        switch (command, state) {
        case (.read, _), (.change(.delete, _, _, _), .deleted):
            return
        case (.change(_, _, let expected, _), _):
            guard let expected, expected != actual else { return }
            throw .versionMismatch(expected: expected, actual: actual)
        }
    }
}

/// What a command comes to if its version is right.
struct Verdict {
    let events: [CartEvent]
    let effect: CartOutcome.Effect

    init(_ effect: CartOutcome.Effect, _ events: CartEvent...) {
        self.events = events
        self.effect = effect
    }
}
