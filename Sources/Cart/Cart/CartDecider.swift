/// The shopping cart as pure functions: the decision on a command, and the state after an event.
///
/// An operation that was applied before is answered with its first effect, before anything else is checked:
/// neither its expected version nor later changes of the cart matter. A refused command is not remembered,
/// because it did nothing: the same operation may be accepted later.
///
/// If several reasons to refuse hold, the first of these is given: an operation's key that is taken or
/// retired, a command's own shape (`invalid`), the cart not found, deleted, checked out or merged, the line
/// not found, currency, limits, and last the version: RFC 9110 (13.2.1) has a precondition ignored where the
/// request would fail without it.
package struct CartDecider: Sendable {
    /// The limits on a cart's contents.
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
    ///   - version: the version of `state`, to compare with the one the client expects; 0 for `none`. A deleted
    ///     cart counts as a cart at version 0: what is left of it has a version, but there is no cart that a
    ///     client could have (RFC 9110, 13.1.1).
    ///   - next: the version that the command's events are committed as. Not one more than `version` where
    ///     `state` is itself part of that commit.
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
                let outcome = CartOutcome(effect: applied.effect, replayed: applied.version)
                return .accept([], outcome)
            }
            try command.validate(limits)
            switch command {
            case .read, .readIfChanged:
                return try show(state)
            case .dryRun(let change, let at, let expected, _):
                let pending = PendingChange(change: change, at: at, expected: expected, next: next)
                let tentative = try evaluate(pending, on: state, version: version)
                return .accept([], CartOutcome(effect: tentative.effect))
            case .change(let change, let at, let expected, let operation):
                let pending = PendingChange(change: change, at: at, expected: expected, next: next)
                let tentative = try evaluate(pending, on: state, version: version)
                var events = tentative.events
                if let operation {
                    // Also of what did nothing: its retry must do nothing either.
                    let applied = AppliedOperation(operation, effect: tentative.effect, version: next)
                    events.append(.operationApplied(applied, capacity: limits.operationCapacity, at: at))
                }
                return .accept(events, CartOutcome(effect: tentative.effect))
            }
        } catch {
            return .reject(error)
        }
    }

    /// Applies a committed event to the state. Total: see `CartState.apply`.
    package func evolve(_ state: inout CartState, with event: CartEvent) {
        state.apply(event)
    }

    private func evaluate(
        _ pending: PendingChange,
        on state: CartState,
        version: UInt64
    ) throws(CartRejection) -> TentativeDecision {
        let tentative = try evaluate(pending, on: state)
        let actual =
            switch state {
            case .none, .deleted: 0 as UInt64
            case .open, .checkedOut, .closing, .merged: version
            }
        try tentative.require(version: pending.expected, actual: actual)
        return tentative
    }

    private func show(_ state: CartState) throws(CartRejection) -> CartDecision {
        switch state {
        case .none: throw .cartNotFound
        case .deleted(let at, _, _, _): throw .cartDeleted(at: at)
        case .open, .checkedOut, .closing, .merged:
            return .accept([], CartOutcome(effect: .read))
        }
    }
}

/// A change with its time and versions.
struct PendingChange {
    let change: CartCommand.Change
    let at: Timestamp
    /// The version that the client expects.
    let expected: UInt64?
    /// The version that its events would be committed as.
    let next: UInt64
}

/// The decision on a command, provided that the version is the expected one.
struct TentativeDecision {
    let events: [CartEvent]
    let effect: CartOutcome.Effect
    /// True if the request was fulfilled before, so that no expected version matters any more.
    var isSettled = false

    init(_ effect: CartOutcome.Effect, _ events: CartEvent...) {
        self.events = events
        self.effect = effect
    }

    init(_ effect: CartOutcome.Effect, all events: [CartEvent]) {
        self.events = events
        self.effect = effect
    }

    /// Nothing is to be done, whatever version is expected.
    static var settled: TentativeDecision {
        var tentative = TentativeDecision(.unchanged)
        tentative.isSettled = true
        return tentative
    }

    /// - Throws: `versionMismatch`, unless the client expects no version or none matters any more.
    func require(version expected: UInt64?, actual: UInt64) throws(CartRejection) {
        guard let expected, expected != actual, !isSettled else { return }
        throw .versionMismatch(expected: expected, actual: actual)
    }
}
