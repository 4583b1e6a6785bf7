package import NIOCore
package import Ownership

/// A store that passes every call on to another store. A conforming type writes only the calls that it
/// changes; or `passOn`, by which all steps for one actor go.
package protocol ForwardingActorStore<Logic>: ActorStore {
    /// The store that the calls go to.
    var target: any ActorStore<Logic> { get }

    /// Has the other store perform a step, and returns an answer to just this step.
    func passOn(
        _ request: StoreRequest<Logic>,
        for id: ActorID
    ) async throws(StoreFailure) -> StoreAnswer<Logic>
}

extension ForwardingActorStore {
    package func passOn(
        _ request: StoreRequest<Logic>,
        for id: ActorID
    ) async throws(StoreFailure) -> StoreAnswer<Logic> {
        try await target.perform(request, for: id)
    }

    package var retention: Duration { target.retention }

    package func form(at sequence: SequenceNumber) -> StoredForm { target.form(at: sequence) }

    package func ownership(
        of ids: [ActorID],
        generation: Generation,
        on loop: (any EventLoop)?
    ) async throws(StoreFailure) -> OwnershipAnswer {
        try await target.ownership(of: ids, generation: generation, on: loop)
    }

    package func claim(
        _ id: ActorID,
        _ terms: ClaimTerms
    ) async throws(StoreFailure) -> ClaimResult<Logic.State> {
        guard case .claim(let result) = try await passOn(.claim(terms), for: id) else { wrongAnswer() }
        return result
    }

    package func reclaim(
        _ id: ActorID,
        _ terms: ClaimTerms,
        offer: ClaimOffer<Logic.State>
    ) async throws(StoreFailure) -> ClaimResult<Logic.State> {
        let request = StoreRequest<Logic>.reclaim(terms, offer: offer)
        guard case .claim(let result) = try await passOn(request, for: id) else { wrongAnswer() }
        return result
    }

    package func commit(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID,
        change: StateChange<Logic>
    ) async throws(StoreFailure) -> CommitResult {
        let request = StoreRequest.commit(owner: owner, version: version, commit: commit, change: change)
        guard case .commit(let result) = try await passOn(request, for: id) else { wrongAnswer() }
        return result
    }

    package func resolve(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID
    ) async throws(StoreFailure) -> ResolveAnswer {
        let request = StoreRequest<Logic>.resolve(owner: owner, version: version, commit: commit)
        guard case .resolve(let answer) = try await passOn(request, for: id) else { wrongAnswer() }
        return answer
    }

    package func verify(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation
    ) async throws(StoreFailure) -> VerifyAnswer {
        let request = StoreRequest<Logic>.verify(owner: owner, version: version, generation: generation)
        guard case .verify(let answer) = try await passOn(request, for: id) else { wrongAnswer() }
        return answer
    }

    package func republish(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: RepublishTerms,
        state: Logic.State
    ) async throws(StoreFailure) -> RepublishAnswer {
        let request = StoreRequest<Logic>.republish(
            owner: owner,
            version: version,
            terms: terms,
            state: state
        )
        guard case .republish(let answer) = try await passOn(request, for: id) else { wrongAnswer() }
        return answer
    }

    package func release(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation?
    ) async throws(StoreFailure) -> ReleaseAnswer {
        let request = StoreRequest<Logic>.release(owner: owner, version: version, generation: generation)
        guard case .release(let answer) = try await passOn(request, for: id) else { wrongAnswer() }
        return answer
    }

    package func surrender(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: SurrenderTerms,
        state: Logic.State
    ) async throws(StoreFailure) -> SurrenderAnswer {
        let request = StoreRequest<Logic>.surrender(
            owner: owner,
            version: version,
            terms: terms,
            state: state
        )
        guard case .surrender(let answer) = try await passOn(request, for: id) else { wrongAnswer() }
        return answer
    }

    private func wrongAnswer() -> Never {
        preconditionFailure("a store was asked for one step and answered another")
    }
}
