/// The right of the actor's slot, which can pass while the session lives.
extension OwnershipMachine {
    /// True where a copy of the actor is all that there is.
    package var isCopy: Bool {
        switch state {
        case .dormant, .reclaiming: true
        case .claiming, .absent, .owned, .committing, .resolving, .resolvingDoubt, .verifying, .republishing,
            .releasing, .handingOver, .surrendering, .ended:
            false
        }
    }

    /// True if a claim is under way.
    var isAsking: Bool {
        switch state {
        case .claiming, .reclaiming: true
        case .absent, .owned, .committing, .resolving, .resolvingDoubt, .verifying, .republishing, .releasing,
            .handingOver, .surrendering, .dormant, .ended:
            false
        }
    }

    mutating func lapsed() -> Action {
        switch state {
        // There was no right.
        case .claiming, .absent, .dormant, .reclaiming, .ended:
            return .none
        // Copies of these that are executed late are for the epoch in force: the claim makes another.
        case .owned(let version), .verifying(let version, _), .republishing(let version, _, then: .serving),
            .releasing(let version), .handingOver(let version, _, _), .surrendering(let version, _):
            return fallDormant(version, .none)
        case .committing(let version, _, _), .resolving(let version, _),
            .republishing(let version, _, then: .commit(_, ambiguous: true)):
            return fallDormant(version, .doubtCommit)
        // No copy of the commit can have been executed.
        case .republishing(let version, _, then: .commit(_, ambiguous: false)),
            .resolvingDoubt(let version, _):
            return fallDormant(version, .rejectCommit)
        }
    }

    private mutating func fallDormant(_ version: Version, _ action: Action) -> Action {
        guard version.sequence > .zero else { return end(.lapsed) }
        state = .dormant(version)
        sweep = nil
        doubtful = nil
        refusedAt = nil
        return action
    }

    /// The copy waits until somebody asks for it, or it may be offered.
    mutating func postpone() -> Action {
        guard case .reclaiming(let version) = state else { impossible("postpone") }
        state = .dormant(version)
        refusedAt = nil
        return .none
    }
}
