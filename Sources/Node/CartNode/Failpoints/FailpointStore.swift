#if DEBUG
import CartService
import ActorRuntime
import Ownership

/// The carts' store with failpoints around each step.
struct FailpointStore<Store: ActorStore<CartLogic>>: ActorStore {
    typealias Logic = CartLogic

    let store: Store
    let armed: ArmedFailpoints

    var retention: Duration { store.retention }

    func form(after form: StoredForm, at sequence: SequenceNumber) -> StoredForm {
        store.form(after: form, at: sequence)
    }

    func form(at sequence: SequenceNumber) -> StoredForm { store.form(at: sequence) }

    func claim(_ id: ActorID, _ terms: ClaimTerms) async throws(StoreFailure) -> ClaimResult<CartLogic.State>
    {
        await armed.reach(.claimSending)
        let claim = try await store.claim(id, terms)
        if case .granted = claim.answer { await armed.reach(.claimGranted) }
        return claim
    }

    func commit(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID,
        change: StateChange<CartLogic>
    ) async throws(StoreFailure) -> CommitAnswer {
        await armed.reach(.commitSending)
        let answer = try await store.commit(
            id,
            owner: owner,
            version: version,
            commit: commit,
            change: change
        )
        await armed.reach(.commitAnswered)
        return answer
    }

    func verify(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation
    ) async throws(StoreFailure) -> VerifyAnswer {
        try await store.verify(id, owner: owner, version: version, generation: generation)
    }

    func republish(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        attempt: ClaimAttempt,
        state: CartLogic.State
    ) async throws(StoreFailure) -> RepublishAnswer {
        await armed.reach(.republishSending)
        return try await store.republish(id, owner: owner, version: version, attempt: attempt, state: state)
    }

    func release(_ id: ActorID, owner: SessionID, version: Version) async throws(StoreFailure)
        -> ReleaseAnswer
    {
        await armed.reach(.releaseSending)
        let answer = try await store.release(id, owner: owner, version: version)
        await armed.reach(.releaseAnswered)
        return answer
    }

    func surrender(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        state: CartLogic.State
    ) async throws(StoreFailure) -> SurrenderAnswer {
        try await store.surrender(id, owner: owner, version: version, state: state)
    }
}
#endif
