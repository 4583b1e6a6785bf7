import DequeModule
import Logging
import Ownership

/// One exchange with the store.
extension Activation {
    /// Performs an operation and tells the machine what came of it.
    func perform(_ operation: OwnershipMachine.Operation) async -> OwnershipMachine.Action {
        guard session.mayAct(at: host.clock.now) else { return event(.sessionOver) }
        let result: OwnershipMachine.Event
        do {
            result = try await exchange(operation)
        } catch {
            result = interpret(error, operation)
        }
        // The host may have stopped meanwhile, and told everybody: the answer is for nobody.
        return isEnded ? .none : event(result)
    }

    private func exchange(
        _ operation: OwnershipMachine.Operation
    ) async throws(StoreFailure) -> OwnershipMachine.Event {
        let store = host.store
        let owner = session.id
        switch operation {
        case .claim(let create, let dead):
            return try await claim(create: create, naming: dead)
        case .commit(let version, let commit):
            guard let batch else { return .unsent }
            batch.wasSent = true
            let change = batch.change
            let commit = SafetyRule.commitKeepsID.holds ? commit : session.nextCommit()
            let result = try await store.commit(
                id,
                owner: owner,
                version: version,
                commit: commit,
                change: change
            )
            batch.formAfter = result.form
            return .commitAnswered(result.answer)
        case .resolve(let version, let commit):
            let answer = try await store.resolve(id, owner: owner, version: version, commit: commit)
            // The answer of the commit itself would have told the form.
            if answer == .committed { batch?.formAfter = .unknown }
            return .resolveAnswered(answer)
        case .verify(let version, let generation):
            let answer = try await store.verify(id, owner: owner, version: version, generation: generation)
            // The next try is for the generation in force now, so that a sweep ends also if another one comes
            // meanwhile.
            if answer == .otherGeneration, let current = host.directory.generation {
                _ = event(.sweep(current))
            }
            return .verifyAnswered(answer)
        case .republish(let version, let terms):
            let answer = try await store.republish(
                id,
                owner: owner,
                version: version,
                terms: terms,
                state: state
            )
            if case .republished = answer { updateFormAfterRepublish(at: version.sequence) }
            return .republishAnswered(answer)
        case .release(let version):
            return .releaseAnswered(try await store.release(id, owner: owner, version: version))
        case .surrender(let version, let generation):
            return .surrenderAnswered(
                try await store.surrender(
                    id,
                    owner: owner,
                    version: version,
                    generation: generation,
                    state: state
                )
            )
        }
    }

    /// Takes the actor, or learns who has it, in one of the host's places for restores.
    private func claim(create: Bool, naming dead: SessionID?) async throws(StoreFailure)
        -> OwnershipMachine.Event
    {
        await acquirePermit()
        defer { releasePermit() }
        let now = host.clock.now
        guard session.mayAct(at: now) else { throw .unsent("the session ended") }
        // The claim leaves now: whoever came until now is answered by what it finds.
        askedUpTo = arrivals
        let terms = host.directory.terms(for: session, create: create, naming: dead, at: now)
        guard let terms else { throw .unsent("the store was not reached yet") }
        let claim = try await host.store.claim(id, terms)
        host.restored(after: host.clock.now - now)
        lastFailure = nil
        switch claim.answer {
        case .granted:
            state = claim.state ?? host.decider.initial
            form = claim.form
            touchedAt = host.clock.now
            return .claimAnswered(claim.answer, ownerIsDead: false)
        case .owner(let owner):
            return .claimAnswered(claim.answer, ownerIsDead: host.directory.status(of: owner) == .dead)
        case .absent where terms.mode == .look && SafetyRule.lookSaysNothing.holds:
            // Nothing may be taken now, perhaps because the store lost data that a live owner will put back:
            // that it has no such actor says nothing.
            return .claimAnswered(.free, ownerIsDead: false)
        case .absent, .free, .superseded, .otherGeneration:
            return .claimAnswered(claim.answer, ownerIsDead: false)
        }
    }

    /// The store holds the whole state anew. A commit that waits was decided on the same state and goes on
    /// top of it.
    private func updateFormAfterRepublish(at sequence: SequenceNumber) {
        form = sequence > .zero ? host.store.form(at: sequence) : .empty
        batch?.form = form
    }

    /// Waits for one of the host's places for restores, if none is held yet.
    private func acquirePermit() async {
        guard !holdsPermit else { return }
        await host.restores.acquire()
        holdsPermit = true
    }

    func releasePermit() {
        guard holdsPermit else { return }
        holdsPermit = false
        host.restores.release()
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
            guard case .claim = operation else {
                return .refused(at: host.clock.now, confirmed: session.confirmedAt)
            }
            failMailbox(refusal)
            return .abandon
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
        host.logger.error("stored state is unreadable", metadata: ["id": "\(id)", "cause": "\(why)"])
        lastFailure = why
        let failure = failure(.unreadable, outcome: .notApplied, why)
        batch?.refusal = failure
        switch operation {
        case .commit, .resolve: break
        case .claim, .verify, .republish, .release, .surrender: failMailbox(failure)
        }
        return .unreadable
    }
}
