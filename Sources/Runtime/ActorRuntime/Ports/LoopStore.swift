package import Ownership

/// The store of actors as one partition uses it: confined to the partition's loop, with completions in place of
/// suspensions.
///
/// The steps are those of `ActorStore`; `ActorStore.onLoop` makes one out of it. On the hot path.
package protocol LoopStore<Logic>: AnyObject {
    associatedtype Logic: Decider

    /// Begins a step for an actor. Its answer, or its failure, goes to `answered` together with the caller:
    /// exactly once, on the loop, and never before this returns.
    func perform(_ request: StoreRequest<Logic>, for id: ActorID, caller: StoreCaller)

    /// The recipient of answers. The partition sets it once, before the first step.
    var answered: (StoreCaller, StoreAnswer<Logic>) -> Void { get set }

    /// The form of a state of this version, above 0, once it was given back whole.
    func form(at sequence: SequenceNumber) -> StoredForm

    /// The time after its last touch at which an actor may vanish from the store.
    var retention: Duration { get }
}

/// Something that waits for an answer of a `LoopStore`. Each has one step under way at a time.
package class StoreCaller {
    /// A caller that is no more than that, for who has other ways to continue.
    package static func plain() -> StoreCaller { StoreCaller() }
}

/// One step of a store. The names are those of the calls of `ActorStore`, which documents them.
package enum StoreRequest<Logic: Decider>: Sendable {
    case claim(ClaimTerms)
    indirect case reclaim(ClaimTerms, offer: ClaimOffer<Logic.State>)
    case commit(owner: SessionID, version: Version, commit: CommitID, change: StateChange<Logic>)
    case resolve(owner: SessionID, version: Version, commit: CommitID)
    case verify(owner: SessionID, version: Version, generation: Generation)
    case republish(owner: SessionID, version: Version, terms: RepublishTerms, state: Logic.State)
    case release(owner: SessionID, version: Version, generation: Generation? = nil)
    case surrender(owner: SessionID, version: Version, terms: SurrenderTerms, state: Logic.State)
}

/// The outcome of a step.
package enum StoreAnswer<Logic: Decider>: Sendable {
    /// Also to a claim with an offer.
    case claim(ClaimResult<Logic.State>)
    case commit(CommitResult)
    case resolve(ResolveAnswer)
    case verify(VerifyAnswer)
    case republish(RepublishAnswer)
    case release(ReleaseAnswer)
    case surrender(SurrenderAnswer)
    case failed(StoreFailure)
}

extension ActorStore {
    /// Performs one step, for code that waits for it.
    package func perform(
        _ request: StoreRequest<Logic>,
        for id: ActorID
    ) async throws(StoreFailure) -> StoreAnswer<Logic> {
        switch request {
        case .claim(let terms):
            return .claim(try await claim(id, terms))
        case .reclaim(let terms, let offer):
            return .claim(try await reclaim(id, terms, offer: offer))
        case .commit(let owner, let version, let commit, let change):
            return .commit(
                try await self.commit(id, owner: owner, version: version, commit: commit, change: change)
            )
        case .resolve(let owner, let version, let commit):
            return .resolve(try await resolve(id, owner: owner, version: version, commit: commit))
        case .verify(let owner, let version, let generation):
            return .verify(
                try await verify(id, owner: owner, version: version, generation: generation)
            )
        case .republish(let owner, let version, let terms, let state):
            return .republish(
                try await republish(id, owner: owner, version: version, terms: terms, state: state)
            )
        case .release(let owner, let version, let generation):
            return .release(
                try await release(id, owner: owner, version: version, generation: generation)
            )
        case .surrender(let owner, let version, let terms, let state):
            return .surrender(
                try await surrender(
                    id,
                    owner: owner,
                    version: version,
                    terms: terms,
                    state: state
                )
            )
        }
    }
}
