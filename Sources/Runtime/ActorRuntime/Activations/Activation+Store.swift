import LogEvents
import Logging
import MetricReadings
import Ownership

/// One exchange with the store. On the hot path.
extension Activation {
    /// Begins an operation.
    ///
    /// - Returns: the next action where the operation cannot begin; nil where its answer goes on.
    func begin(_ operation: OwnershipMachine.Operation) -> OwnershipMachine.Action? {
        let now = partition.now
        guard session.mayAct(at: now) else { return event(.sessionOver) }
        if !isClaiming, lacksSlotRight {
            // What was decided and not sent is decided anew.
            if case .commit = operation, batch?.wasSent == false { return event(.unsent) }
            return lapseAtWork()
        }
        let owner = session.id
        let request: StoreRequest<D>
        switch operation {
        case .claim(let create, let dead):
            guard holdsPlace else {
                partition.restores.enqueue(self)
                return nil
            }
            // The claim leaves now: whoever came until now is answered by what it finds.
            askedUpTo = arrivals
            guard let terms = claimTerms(create: create, naming: dead, offers: false, at: now) else {
                let obstacle = partition.rights == nil ? nil : context.directory.obstacle(in: slot, at: now)
                let failure = StoreFailure.unsent(obstacle ?? "the store was not reached yet")
                return event(interpret(.failed(failure), operation, at: now))
            }
            claimedAt = now
            claimMode = terms.mode
            request = .claim(terms)
        case .reclaim(let version, let dead):
            guard holdsPlace else {
                partition.restores.enqueue(self)
                return nil
            }
            claimsUnasked = false
            askedUpTo = arrivals
            guard let terms = claimTerms(create: true, naming: dead, offers: true, at: now) else {
                return event(.unsent)
            }
            claimedAt = now
            claimMode = terms.mode
            let limit = context.directory.offerLimit(for: session, in: slot)
            request = .reclaim(terms, offer: ClaimOffer(version: version, state: state, notAfter: limit))
        case .commit(let version, let commit):
            guard let batch else { return event(.unsent) }
            batch.wasSent = true
            batch.sentAt = now
            let commit = SafetyRule.commitKeepsID.holds ? commit : session.nextCommit()
            request = .commit(owner: owner, version: version, commit: commit, change: batch.change)
        case .resolve(let version, let commit):
            request = .resolve(owner: owner, version: version, commit: commit)
        case .verify(let version, let generation):
            noteComparison(under: generation)
            request = .verify(owner: owner, version: version, generation: generation)
        case .republish(let version, let terms):
            request = .republish(owner: owner, version: version, terms: terms, state: state)
        case .release(let version):
            guard let facts = releaseFacts else { return event(.unsent) }
            request = .release(owner: owner, version: version, generation: facts.first)
        case .surrender(let version, let terms):
            request = .surrender(owner: owner, version: version, terms: terms, state: state)
        }
        inFlight = operation
        if context.tracing != nil { beginExchangeSpans(of: operation) }
        partition.store.perform(request, for: id, caller: self)
        return nil
    }

    /// The store answered, or failed to.
    func storeAnswered(_ answer: StoreAnswer<D>) {
        guard let operation = inFlight else { preconditionFailure("the store answered twice") }
        inFlight = nil
        if context.tracing != nil { endExchangeSpans(of: operation, answer) }
        // The host may have stopped meanwhile, and told everybody: the answer is for nobody.
        if isOvertaken, !isEnded {
            goOnAfterLapse()
        } else if !isEnded {
            let now = partition.now
            if case .commit = operation, let sentAt = batch?.sentAt {
                partition.counts.commits.record(now - sentAt, as: .init(answer))
            }
            run(event(interpret(answer, operation, at: now)))
        }
        leavePlaceUnlessClaiming()
    }

    /// Leaves the place for restores, if one is held and no claim is under way.
    func leavePlaceUnlessClaiming() {
        guard holdsPlace else { return }
        if case .claim = inFlight { return }
        if case .reclaim = inFlight { return }
        holdsPlace = false
        partition.restores.release()
    }

    private func interpret(
        _ answer: StoreAnswer<D>,
        _ operation: OwnershipMachine.Operation,
        at now: ContinuousClock.Instant
    ) -> OwnershipMachine.Event {
        switch answer {
        case .claim(let claim):
            return interpret(claim, at: now)
        case .commit(let result):
            batch?.formAfter = result.form
            return .commitAnswered(result.answer)
        case .resolve(let answer):
            // The answer of the commit itself would have told the form.
            if answer == .committed { batch?.formAfter = .unknown }
            return .resolveAnswered(answer)
        case .verify(let answer):
            // The next try is for the generation in force now, so that a sweep ends also if another one comes
            // meanwhile.
            if answer == .otherGeneration, let current = generationInForce {
                _ = event(.sweep(current))
            }
            if answer == .intact { comparisonHolds() }
            return .verifyAnswered(answer)
        case .republish(let answer):
            if case .republished = answer {
                partition.counts.republished &+= 1
                updateFormAfterRepublish(operation)
            }
            return .republishAnswered(answer)
        case .release(let answer):
            return .releaseAnswered(answer)
        case .surrender(let answer):
            return .surrenderAnswered(answer)
        case .failed(let failure):
            return interpret(failure, operation)
        }
    }

    private func interpret(
        _ claim: ClaimResult<D.State>,
        at now: ContinuousClock.Instant
    ) -> OwnershipMachine.Event {
        partition.restores.answered(after: now - claimedAt)
        guard claimHolds(at: now) else {
            lastFailure =
                context.directory.obstacle(in: slot, at: now) ?? "its servers have changed meanwhile"
            return .unanswered
        }
        lastFailure = nil
        switch claim.answer {
        case .granted:
            if unrestored != nil {
                let result: PartitionCounts.RestoreResult =
                    claim.isTakeover ? .takenOver : claim.state == nil ? .created : .restored
                partition.counts.restored.record(now - touchedAt, as: result)
                unrestored = nil
            }
            state = claim.state ?? context.decider.initial
            form = claim.form
            touchedAt = now
            return .claimAnswered(claim.answer, ownerIsDead: false)
        case .owner(let owner):
            return .claimAnswered(claim.answer, ownerIsDead: context.directory.status(of: owner) == .dead)
        case .absent where claimMode == .look && SafetyRule.lookSaysNothing.holds:
            // Nothing may be taken now, perhaps because the store lost data that a live owner will put back:
            // that it has no such actor says nothing.
            return .claimAnswered(.free, ownerIsDead: false)
        case .absent, .free, .superseded, .otherGeneration, .late:
            return .claimAnswered(claim.answer, ownerIsDead: false)
        }
    }

    /// The store holds the whole state anew. A commit that waits was decided on the same state and goes on
    /// top of it.
    private func updateFormAfterRepublish(_ operation: OwnershipMachine.Operation) {
        guard case .republish(let version, _) = operation else { return }
        form = version.sequence > .zero ? partition.store.form(at: version.sequence) : .empty
        batch?.form = form
    }

    private func interpret(
        _ failure: StoreFailure,
        _ operation: OwnershipMachine.Operation
    ) -> OwnershipMachine.Event {
        switch failure {
        case .unanswered(let why):
            lastFailure = why
            batch?.wasUnanswered = true
            return .unanswered
        case .unsent(let why):
            lastFailure = why
            return .unsent
        case .refused(let why):
            lastFailure = why
            let refusal = self.failure(.storeUnavailable, outcome: .notApplied, why)
            batch?.refusal = refusal
            switch operation {
            case .claim:
                failMailbox(refusal)
                return .abandon
            case .reclaim:
                failMailbox(refusal)
            case .commit, .resolve, .verify, .republish, .release, .surrender:
                break
            }
            return .refused(at: partition.now, confirmed: session.confirmedAt)
        case .unreadable(let why):
            return unreadable(why, operation)
        }
    }

    /// The stored state is left as it is: a commit is refused and the state kept in memory; anything else
    /// ends the activation.
    private func unreadable(
        _ why: String,
        _ operation: OwnershipMachine.Operation
    ) -> OwnershipMachine.Event {
        context.logger.event(
            .actorUnreadable,
            limitedBy: context.unreadableThrottle,
            now: partition.now,
            .request(["actor": "\(id)", "cause": "\(why)"], in: traceOfCallers)
        )
        lastFailure = why
        let failure = failure(.unreadable, outcome: .notApplied, why)
        batch?.refusal = failure
        switch operation {
        case .commit, .resolve: break
        case .release where machine.mayCallOff: break
        case .claim, .reclaim, .verify, .republish, .release, .surrender: failMailbox(failure)
        }
        return .unreadable
    }
}
