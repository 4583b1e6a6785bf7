/// The shopping cart as pure functions: what a command means for a state, and what an event makes of it.
///
/// When several reasons to refuse hold, the first of these is given: a command's own shape (`invalid`), the cart not found
/// or deleted, the line not found, currency, limits, and last the version: RFC 9110 (13.2.1) has a precondition ignored
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
    /// - Parameter version: the version of `state`, to compare with the one the client expects. 0 for `none`.
    package func decide(_ command: CartCommand, on state: CartState, version: UInt64) -> CartDecision {
        do {
            try command.validate(limits)
            let verdict = try judge(command, on: state)
            try requireVersion(of: command, version, on: state)
            var after = state
            for event in verdict.events { after.apply(event) }
            return .accept(verdict.events, CartOutcome(effect: verdict.effect, state: after))
        } catch {
            return .reject(error)
        }
    }

    /// Makes a committed event part of the state; total, see `CartState.apply`.
    package func evolve(_ state: inout CartState, with event: CartEvent) {
        state.apply(event)
    }

    private func requireVersion(of command: CartCommand, _ actual: UInt64, on state: CartState)
        throws(CartRejection)
    {
        switch (command, state) {
        case (.read, _), (.change(.delete, _, _), .deleted):
            return
        case (.change(_, _, let expected), _):
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
