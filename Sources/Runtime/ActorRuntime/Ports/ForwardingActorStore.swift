package import NIOCore
package import Ownership

/// A store that passes every call on to another store. A conforming type writes only the calls that it
/// changes.
package protocol ForwardingActorStore<Logic>: ActorStore {
    /// The store that the calls go to.
    var target: any ActorStore<Logic> { get }
}

extension ForwardingActorStore {
    package var retention: Duration { target.retention }

    package func form(at sequence: SequenceNumber) -> StoredForm { target.form(at: sequence) }

    package func claim(
        _ id: ActorID,
        _ terms: ClaimTerms
    ) async throws(StoreFailure) -> ClaimResult<Logic.State> {
        try await target.claim(id, terms)
    }

    package func commit(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID,
        change: StateChange<Logic>
    ) async throws(StoreFailure) -> CommitResult {
        try await target.commit(id, owner: owner, version: version, commit: commit, change: change)
    }

    package func resolve(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID
    ) async throws(StoreFailure) -> ResolveAnswer {
        try await target.resolve(id, owner: owner, version: version, commit: commit)
    }

    package func verify(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation
    ) async throws(StoreFailure) -> VerifyAnswer {
        try await target.verify(id, owner: owner, version: version, generation: generation)
    }

    package func ownership(
        of ids: [ActorID],
        generation: Generation,
        on loop: (any EventLoop)?
    ) async throws(StoreFailure) -> OwnershipAnswer {
        try await target.ownership(of: ids, generation: generation, on: loop)
    }

    package func republish(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: RepublishTerms,
        state: Logic.State
    ) async throws(StoreFailure) -> RepublishAnswer {
        try await target.republish(id, owner: owner, version: version, terms: terms, state: state)
    }

    package func release(
        _ id: ActorID,
        owner: SessionID,
        version: Version
    ) async throws(StoreFailure) -> ReleaseAnswer {
        try await target.release(id, owner: owner, version: version)
    }

    package func surrender(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation,
        state: Logic.State
    ) async throws(StoreFailure) -> SurrenderAnswer {
        try await target.surrender(id, owner: owner, version: version, generation: generation, state: state)
    }
}
