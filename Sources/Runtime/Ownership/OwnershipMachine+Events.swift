extension OwnershipMachine {
    /// Takes an event in and returns the next action.
    ///
    /// - Parameter attempt: returns the session's next attempt; called only where a republish begins.
    package mutating func event(_ event: Event, attempt: () -> ClaimAttempt) -> Action {
        switch event {
        case .sessionOver: return isEnded ? .none : end(.sessionOver)
        case .sweep(let generation):
            if !isEnded { sweep = generation }
            return .none
        case .unanswered: return unanswered()
        case .refused: return refused()
        case .claimAnswered(let answer, let ownerIsDead): return claimAnswered(answer, ownerIsDead)
        case .commitAnswered(let answer): return commitAnswered(answer, attempt)
        case .verifyAnswered(let answer): return verifyAnswered(answer, attempt)
        case .republishAnswered(let answer): return republishAnswered(answer)
        case .releaseAnswered(let answer): return releaseAnswered(answer)
        case .surrenderAnswered(let answer): return surrenderAnswered(answer)
        case .create: return create()
        case .commit(let id): return commit(id)
        case .proceed: return proceed()
        case .release: return release()
        case .abandon: return isEnded ? .none : end(.abandoned)
        }
    }

    private var isEnded: Bool {
        switch state {
        case .ended: true
        case .claiming, .absent, .owned, .committing, .verifying, .republishing, .releasing, .surrendering:
            false
        }
    }

    private mutating func end(_ reason: End) -> Action {
        state = .ended(reason)
        sweep = nil
        return .drop(reason)
    }

    private mutating func begin(_ next: State) -> Action {
        state = next
        return operation.map { .perform($0) } ?? .none
    }

    /// The shell reported something that cannot happen in this state: a mistake of ours, never of the store
    /// or a peer.
    private func impossible(_ event: String) -> Never {
        preconditionFailure("ownership: \(event) in state \(state)")
    }

    // MARK: Asking for the actor

    private mutating func claimAnswered(_ answer: ClaimAnswer, _ ownerIsDead: Bool) -> Action {
        guard case .claiming = state else { impossible("claimAnswered(\(answer))") }
        switch answer {
        case .granted(let version):
            deadOwner = nil
            firstSequence = SequenceNumber(version.epoch.rawValue)
            state = .owned(version)
            return proceed()
        case .absent:
            state = .absent
            return .answerAbsent
        case .owner(let session):
            guard ownerIsDead else { return end(.elsewhere(session)) }
            // A second refusal for the same dead owner means that the claim raced with another taker: ask
            // afresh.
            let isNews = deadOwner != session
            deadOwner = session
            return again(atOnce: isNews)
        case .free:
            return end(.unowned)
        case .superseded, .otherGeneration:
            return again(atOnce: false)
        }
    }

    private mutating func create() -> Action {
        switch state {
        case .absent: return begin(.claiming(create: true))
        case .claiming, .owned, .committing, .verifying, .republishing, .releasing, .surrendering,
            .ended:
            impossible("create")
        }
    }

    // MARK: Serving

    private mutating func proceed() -> Action {
        switch state {
        case .owned(let version):
            return sweep.map { begin(.verifying(version, $0)) } ?? .serve
        case .claiming, .absent, .committing, .verifying, .republishing, .releasing, .surrendering,
            .ended:
            impossible("proceed")
        }
    }

    private mutating func commit(_ id: CommitID) -> Action {
        switch state {
        case .owned(let version): return begin(.committing(version, id, ambiguous: false))
        case .claiming, .absent, .committing, .verifying, .republishing, .releasing, .surrendering,
            .ended:
            impossible("commit")
        }
    }

    private mutating func commitAnswered(_ answer: CommitAnswer, _ attempt: () -> ClaimAttempt) -> Action {
        guard case .committing(let version, let id, let ambiguous) = state else {
            impossible("commitAnswered(\(answer))")
        }
        switch answer {
        case .committed:
            state = .owned(Version(epoch: version.epoch, sequence: next(after: version)))
            return .apply
        case .fenced:
            return end(.fenced)
        case .regressed, .lost:
            guard SafetyRule.republish.holds else { return end(.fenced) }
            return begin(.republishing(version, attempt(), then: .commit(id, ambiguous: ambiguous)))
        }
    }

    // MARK: Healing the store

    private mutating func verifyAnswered(_ answer: VerifyAnswer, _ attempt: () -> ClaimAttempt) -> Action {
        guard case .verifying(let version, let checked) = state else {
            impossible("verifyAnswered(\(answer))")
        }
        switch answer {
        case .intact:
            state = .owned(version)
            // Another generation may have come while this one was checked: its answer says nothing about
            // that.
            if sweep == checked { sweep = nil }
            return proceed()
        case .fenced:
            return end(.fenced)
        case .regressed, .lost:
            guard SafetyRule.republish.holds else { return end(.fenced) }
            // The sweep stays asked for: what was put back is checked once more, under the generation in
            // force then.
            return begin(.republishing(version, attempt(), then: .serving))
        case .otherGeneration:
            if let sweep { state = .verifying(version, sweep) }
            return again(atOnce: false)
        }
    }

    private mutating func republishAnswered(_ answer: RepublishAnswer) -> Action {
        guard case .republishing(var version, _, let next) = state else {
            impossible("republishAnswered(\(answer))")
        }
        switch answer {
        case .fenced: return end(.fenced)
        case .intact: break
        case .republished(let epoch): version.epoch = epoch
        }
        switch next {
        case .serving:
            state = .owned(version)
            return proceed()
        case .commit(let id, let ambiguous):
            return begin(.committing(version, id, ambiguous: ambiguous))
        }
    }

    // MARK: Giving the actor up

    private mutating func release() -> Action {
        switch state {
        case .owned(let version): return begin(.releasing(version))
        case .claiming, .absent, .committing, .verifying, .republishing, .releasing, .surrendering,
            .ended:
            impossible("release")
        }
    }

    private mutating func releaseAnswered(_ answer: ReleaseAnswer) -> Action {
        guard case .releasing(let version) = state else { impossible("releaseAnswered(\(answer))") }
        switch answer {
        case .released:
            return end(.released)
        case .fenced:
            return end(.fenced)
        case .regressed, .lost:
            // Nothing was ever committed: there is nothing that the store could have lost.
            guard version.sequence > .zero else { return end(.released) }
            // An earlier copy of the release may have been executed, and another session may own the actor
            // since: what is put back must not fence that one, as a republish would.
            return begin(.surrendering(version))
        }
    }

    private mutating func surrenderAnswered(_ answer: SurrenderAnswer) -> Action {
        guard case .surrendering = state else { impossible("surrenderAnswered(\(answer))") }
        switch answer {
        case .released: return end(.released)
        case .fenced: return end(.fenced)
        }
    }

    // MARK: No definite answer

    private mutating func unanswered() -> Action {
        switch state {
        case .committing(let version, let id, _):
            guard SafetyRule.oneCommitInFlight.holds else {
                state = .owned(version)
                return .rejectCommit
            }
            state = .committing(version, id, ambiguous: true)
            return again(atOnce: false)
        case .claiming, .verifying, .republishing, .releasing, .surrendering:
            return again(atOnce: false)
        case .absent, .owned, .ended:
            impossible("unanswered")
        }
    }

    private mutating func refused() -> Action {
        switch state {
        case .committing(let version, _, ambiguous: false):
            state = .owned(version)
            return .rejectCommit
        case .committing, .claiming, .verifying, .republishing, .releasing, .surrendering:
            // For a commit: an earlier copy may have been executed, and a refusal of this one does not tell.
            return again(atOnce: false)
        case .absent, .owned, .ended:
            impossible("refused")
        }
    }

    private func again(atOnce: Bool) -> Action {
        guard let operation else { return .none }
        return atOnce ? .perform(operation) : .performAgain(operation)
    }
}
