extension OwnershipMachine {
    /// Takes an event in and returns the next action.
    ///
    /// - Parameter terms: returns the session's next attempt, the generation in force and the end of the
    ///   session's right; called only where the store has lost something, or a republish or surrender was
    ///   refused for its terms.
    package mutating func event(_ event: Event, terms: () -> RepublishTerms) -> Action {
        switch event {
        case .sessionOver: return isEnded ? .none : end(.sessionOver)
        case .sweep(let generation):
            if !isEnded, !isCopy { sweep = generation }
            return .none
        case .unanswered: return unanswered()
        case .unsent: return unsent()
        case .refused(let instant, let confirmed): return refused(at: instant, confirmed: confirmed)
        case .unreadable: return unreadable()
        case .claimAnswered(let answer, let ownerIsDead): return claimAnswered(answer, ownerIsDead)
        case .commitAnswered(let answer): return commitAnswered(answer, terms)
        case .resolveAnswered(let answer): return resolveAnswered(answer, terms)
        case .verifyAnswered(let answer): return verifyAnswered(answer, terms)
        case .republishAnswered(let answer): return republishAnswered(answer, terms)
        case .releaseAnswered(let answer): return releaseAnswered(answer, terms)
        case .surrenderAnswered(let answer): return surrenderAnswered(answer, terms)
        case .create: return create()
        case .commit(let id): return commit(id)
        case .proceed: return proceed()
        case .release: return release()
        case .handOver(let session): return handOver(to: session)
        case .abandon: return isEnded ? .none : end(.abandoned)
        case .lapsed: return lapsed()
        case .postpone: return postpone()
        }
    }

    private var isEnded: Bool {
        switch state {
        case .ended: true
        case .claiming, .absent, .owned, .committing, .resolving, .resolvingDoubt, .verifying, .republishing,
            .releasing, .handingOver, .surrendering, .dormant, .reclaiming:
            false
        }
    }

    mutating func end(_ reason: End) -> Action {
        state = .ended(reason)
        sweep = nil
        doubtful = nil
        refusedAt = nil
        return .drop(reason)
    }

    mutating func begin(_ next: State) -> Action {
        state = next
        refusedAt = nil
        return operation.map { .perform($0) } ?? .none
    }

    /// The shell reported something that cannot happen in this state: a mistake of ours, never of the store
    /// or a peer.
    func impossible(_ event: String) -> Never {
        preconditionFailure("ownership: \(event) in state \(state)")
    }

    /// The operation that the state is waiting for once more, with or without a back-off.
    func again(atOnce: Bool) -> Action {
        guard let operation else { return .none }
        return atOnce ? .perform(operation) : .performAgain(operation)
    }

    // MARK: Asking for the actor

    private mutating func claimAnswered(_ answer: ClaimAnswer, _ ownerIsDead: Bool) -> Action {
        guard isAsking else { impossible("claimAnswered(\(answer))") }
        switch answer {
        case .granted(let version):
            deadOwner = nil
            firstSequence = SequenceNumber(version.epoch.rawValue)
            state = .owned(version)
            return proceed()
        case .absent, .free:
            // It was only looked for, as nothing may be taken: that says nothing about the copy.
            if isCopy { return postpone() }
            guard answer == .absent else { return end(.unowned) }
            state = .absent
            return .answerAbsent
        case .owner(let session):
            guard ownerIsDead else { return end(.elsewhere(session)) }
            // A second refusal for the same dead owner means that the claim raced with another taker: ask
            // afresh.
            let isNews = deadOwner != session
            deadOwner = session
            return again(atOnce: isNews)
        case .superseded, .otherGeneration, .late:
            return again(atOnce: false)
        }
    }

    private mutating func create() -> Action {
        switch state {
        case .absent: return begin(.claiming(create: true))
        case .claiming, .owned, .committing, .resolving, .resolvingDoubt, .verifying, .republishing,
            .releasing, .handingOver, .surrendering, .dormant, .reclaiming, .ended:
            impossible("create")
        }
    }

    // MARK: Serving

    mutating func proceed() -> Action {
        switch state {
        case .owned(let version):
            return sweep.map { begin(.verifying(version, $0)) } ?? .serve
        case .dormant(let version):
            return begin(SafetyRule.offerDormant.holds ? .reclaiming(version) : .claiming(create: true))
        case .claiming, .absent, .committing, .resolving, .resolvingDoubt, .verifying, .republishing,
            .releasing, .handingOver, .surrendering, .reclaiming, .ended:
            impossible("proceed")
        }
    }

    private mutating func commit(_ id: CommitID) -> Action {
        switch state {
        case .owned(let version):
            // A copy of the commit in doubt that comes late would be taken for this one, if the store lost this
            // one meanwhile and got back what was there before both.
            if let doubtful { return begin(.resolvingDoubt(version, doubtful: doubtful)) }
            return begin(.committing(version, id, ambiguous: false))
        case .claiming, .absent, .committing, .resolving, .resolvingDoubt, .verifying, .republishing,
            .releasing, .handingOver, .surrendering, .dormant, .reclaiming, .ended:
            impossible("commit")
        }
    }

    private mutating func commitAnswered(_ answer: CommitAnswer, _ terms: () -> RepublishTerms) -> Action {
        guard case .committing(let version, let id, let ambiguous) = state else {
            impossible("commitAnswered(\(answer))")
        }
        switch answer {
        case .committed: return apply(on: version)
        case .fenced: return end(.fenced)
        case .regressed, .lost: return republish(version, then: .commit(id, ambiguous: ambiguous), terms)
        }
    }

    private mutating func resolveAnswered(
        _ answer: ResolveAnswer,
        _ terms: () -> RepublishTerms
    ) -> Action {
        if case .resolvingDoubt(let version, _) = state { return doubtResolved(version, by: answer, terms) }
        guard case .resolving(let version, let id) = state else { impossible("resolveAnswered(\(answer))") }
        switch answer {
        case .committed:
            return apply(on: version)
        case .pending:
            // A copy may still be on its way, and would be taken for our next commit on this version after a
            // loss of data: only another epoch excludes that.
            return end(.refused)
        case .fenced:
            return end(.fenced)
        case .regressed, .lost:
            return republish(version, then: .commit(id, ambiguous: true), terms)
        }
    }

    /// The stored record can be read again, and shows the fate of the commit in doubt.
    private mutating func doubtResolved(
        _ version: Version,
        by answer: ResolveAnswer,
        _ terms: () -> RepublishTerms
    ) -> Action {
        switch answer {
        case .committed, .pending:
            // Whoever claims the actor now gets what is stored, under another epoch, which a late copy is not
            // for.
            return end(.refused)
        case .fenced:
            return end(.fenced)
        case .regressed, .lost:
            // The check finds the loss and puts back what is here, under another epoch. The change waits.
            sweep = sweep ?? terms().generation
            state = .owned(version)
            return .rejectCommit
        }
    }

    private mutating func apply(on version: Version) -> Action {
        state = .owned(Version(epoch: version.epoch, sequence: next(after: version)))
        return .apply
    }

    private mutating func republish(
        _ version: Version,
        then next: Resumption,
        _ terms: () -> RepublishTerms
    ) -> Action {
        guard SafetyRule.republish.holds else { return end(.fenced) }
        return begin(.republishing(version, terms(), then: next))
    }

    // MARK: Healing the store

    private mutating func verifyAnswered(_ answer: VerifyAnswer, _ terms: () -> RepublishTerms) -> Action {
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
            // The sweep stays asked for: what was put back is checked once more, under the generation in
            // force then.
            return republish(version, then: .serving, terms)
        case .otherGeneration:
            if let sweep { state = .verifying(version, sweep) }
            return again(atOnce: false)
        }
    }

    private mutating func republishAnswered(
        _ answer: RepublishAnswer,
        _ terms: () -> RepublishTerms
    ) -> Action {
        guard case .republishing(var version, let refused, let next) = state else {
            impossible("republishAnswered(\(answer))")
        }
        switch answer {
        case .fenced: return end(.fenced)
        case .otherGeneration, .late:
            // Under the same attempt: an earlier copy may have been executed, and is recognised by it.
            state = .republishing(version, terms().renewing(refused), then: next)
            return again(atOnce: false)
        case .intact: break
        case .republished(let epoch):
            version.epoch = epoch
            doubtful = nil
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
        case .claiming, .absent, .committing, .resolving, .resolvingDoubt, .verifying, .republishing,
            .releasing, .handingOver, .surrendering, .dormant, .reclaiming, .ended:
            impossible("release")
        }
    }

    private mutating func handOver(to session: SessionID) -> Action {
        switch state {
        case .owned(let version): return begin(.handingOver(version, to: session, ambiguous: false))
        case .claiming, .absent, .committing, .resolving, .resolvingDoubt, .verifying, .republishing,
            .releasing, .handingOver, .surrendering, .dormant, .reclaiming, .ended:
            impossible("handOver")
        }
    }

    private mutating func releaseAnswered(
        _ answer: ReleaseAnswer,
        _ terms: () -> RepublishTerms
    ) -> Action {
        switch state {
        case .releasing(let version):
            return released(version, answer, as: .released, terms: terms)
        case .handingOver(let version, let session, ambiguous: true):
            return released(version, answer, as: .handedOver(to: session), terms: terms)
        case .handingOver(let version, let session, ambiguous: false):
            // No other copy can be executed, so that the actor is still ours if this one was not.
            if answer == .otherGeneration { return callOff(version) }
            let isLost = (answer == .regressed || answer == .lost) && version.sequence > .zero
            if isLost { return republish(version, then: .serving, terms) }
            return released(version, answer, as: .handedOver(to: session), terms: terms)
        case .claiming, .absent, .owned, .committing, .resolving, .resolvingDoubt, .verifying, .republishing,
            .surrendering, .dormant, .reclaiming, .ended:
            impossible("releaseAnswered(\(answer))")
        }
    }

    private mutating func released(
        _ version: Version,
        _ answer: ReleaseAnswer,
        as released: End,
        terms: () -> RepublishTerms
    ) -> Action {
        switch answer {
        case .released:
            return end(released)
        case .otherGeneration:
            return again(atOnce: false)
        case .fenced:
            return end(.fenced)
        case .regressed, .lost:
            // Nothing was ever committed: there is nothing that the store could have lost.
            guard version.sequence > .zero else { return end(released) }
            // An earlier copy of the release may have been executed, and another session may own the actor
            // since: what is put back must not fence that one, as a republish would.
            return begin(.surrendering(version, terms().surrender))
        }
    }

    /// Goes on as the owner: no copy of the release was executed, and none will be.
    mutating func callOff(_ version: Version) -> Action {
        state = .owned(version)
        return proceed()
    }

    private mutating func surrenderAnswered(
        _ answer: SurrenderAnswer,
        _ terms: () -> RepublishTerms
    ) -> Action {
        guard case .surrendering(let version, _) = state else {
            impossible("surrenderAnswered(\(answer))")
        }
        switch answer {
        case .otherGeneration, .late:
            state = .surrendering(version, terms().surrender)
            return again(atOnce: false)
        case .released: return end(.released)
        case .fenced: return end(.fenced)
        }
    }
}
