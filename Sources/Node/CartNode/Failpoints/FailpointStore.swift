#if DEBUG
import CartActor
import ActorRuntime
import Ownership

/// The carts' store with failpoints around its steps.
struct FailpointStore: ForwardingActorStore {
    typealias Logic = CartLogic

    let target: any ActorStore<CartLogic>
    let armed: ArmedFailpoints

    func claim(_ id: ActorID, _ terms: ClaimTerms) async throws(StoreFailure) -> ClaimResult<CartLogic.State>
    {
        await armed.reach(.claimSending)
        let claim = try await target.claim(id, terms)
        if case .granted = claim.answer { await armed.reach(.claimGranted) }
        return claim
    }

    func commit(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID,
        change: StateChange<CartLogic>
    ) async throws(StoreFailure) -> CommitResult {
        await armed.reach(.commitSending)
        let result = try await target.commit(
            id,
            owner: owner,
            version: version,
            commit: commit,
            change: change
        )
        await armed.reach(.commitAnswered)
        return result
    }

    func republish(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: RepublishTerms,
        state: CartLogic.State
    ) async throws(StoreFailure) -> RepublishAnswer {
        await armed.reach(.republishSending)
        return try await target.republish(id, owner: owner, version: version, terms: terms, state: state)
    }

    func release(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation?
    ) async throws(StoreFailure) -> ReleaseAnswer {
        await armed.reach(.releaseSending)
        let answer = try await target.release(id, owner: owner, version: version, generation: generation)
        await armed.reach(.releaseAnswered)
        return answer
    }
}
#endif
