/// Operations without a definite answer, and refusals.
extension OwnershipMachine {
    mutating func unanswered() -> Action {
        refusedAt = nil
        switch state {
        case .committing(let version, let id, _):
            guard SafetyRule.oneCommitInFlight.holds else {
                state = .owned(version)
                return .rejectCommit
            }
            state = .committing(version, id, ambiguous: true)
            return again(atOnce: false)
        case .handingOver(let version, let session, _):
            state = .handingOver(version, to: session, ambiguous: true)
            return again(atOnce: false)
        case .claiming, .resolving, .resolvingDoubt, .verifying, .republishing, .releasing, .surrendering,
            .reclaiming:
            return again(atOnce: false)
        case .absent, .owned, .dormant, .ended:
            impossible("unanswered")
        }
    }

    mutating func unsent() -> Action {
        refusedAt = nil
        switch state {
        case .committing(let version, _, ambiguous: false), .resolvingDoubt(let version, _):
            state = .owned(version)
            return .rejectCommit
        case .handingOver(let version, _, _) where mayCallOff:
            return callOff(version)
        case .committing, .claiming, .resolving, .verifying, .republishing, .releasing, .handingOver,
            .surrendering, .reclaiming:
            return again(atOnce: false)
        case .absent, .owned, .dormant, .ended:
            impossible("unsent")
        }
    }

    mutating func refused(
        at instant: ContinuousClock.Instant,
        confirmed: ContinuousClock.Instant?
    ) -> Action {
        switch state {
        case .committing(let version, let id, let ambiguous):
            // An earlier copy may have been executed, and a refusal of this one does not tell.
            if ambiguous, SafetyRule.refusalLeavesDoubt.holds { return begin(.resolving(version, id)) }
            state = .owned(version)
            return .rejectCommit
        case .resolvingDoubt(let version, _):
            state = .owned(version)
            return .rejectCommit
        case .handingOver(let version, _, _) where mayCallOff:
            return callOff(version)
        // The state was checked under the generation in force: it is in the store, with us as its owner, and
        // can be claimed again.
        case .resolving, .releasing, .handingOver:
            return isStored(refusedAt: instant, confirmed: confirmed) ? end(.refused) : again(atOnce: false)
        // The store may have lost what is still here.
        case .claiming, .verifying, .republishing, .surrendering:
            return again(atOnce: false)
        case .reclaiming:
            return postpone()
        case .absent, .owned, .dormant, .ended:
            impossible("refused")
        }
    }

    /// True if the store had all that was acknowledged when it first refused the operation under way, and has
    /// refused it ever since: the generation that was checked was found by a heartbeat that left later. Before
    /// that, and after an exchange that came to nothing, the store may have restarted without it, and no
    /// heartbeat has told yet.
    private mutating func isStored(
        refusedAt instant: ContinuousClock.Instant,
        confirmed: ContinuousClock.Instant?
    ) -> Bool {
        guard sweep == nil else {
            refusedAt = nil
            return false
        }
        let first = refusedAt ?? instant
        refusedAt = first
        return confirmed.map { $0 > first } ?? false
    }

    /// Somebody else wrote there. The state in memory may be the only one, so a refused commit does not end
    /// it.
    mutating func unreadable() -> Action {
        switch state {
        case .committing(let version, _, ambiguous: false), .resolvingDoubt(let version, _):
            state = .owned(version)
            return .rejectCommit
        case .committing(let version, let id, ambiguous: true), .resolving(let version, let id):
            state = .owned(version)
            doubtful = id
            return .doubtCommit
        case .handingOver(let version, _, _) where mayCallOff:
            return callOff(version)
        case .claiming, .verifying, .republishing, .releasing, .handingOver, .surrendering:
            return end(.abandoned)
        case .reclaiming:
            return postpone()
        case .absent, .owned, .dormant, .ended:
            impossible("unreadable")
        }
    }
}
