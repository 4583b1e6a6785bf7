package import ActorRuntime
package import NIOCore
package import Ownership

/// One node's port to the actors of a simulated Redis, with faults of its own.
package struct InMemoryStore<Logic: Decider>: ActorStore {
    package enum Call: Hashable, Sendable {
        case claim, reclaim, commit, resolve, verify, ownership, republish, release, surrender
    }

    /// The faults of this port.
    package let faults = FaultInjector<Call>()
    package let retention: Duration
    private let redis: SimulatedRedis<Logic.State>
    private let lifetime: @Sendable (Logic.State) -> Duration?
    private let leastLifetime: Duration

    /// - Parameters:
    ///   - retention: the time after its last touch at which an actor expires.
    ///   - lifetime: the same for an actor in this state; nil for `retention`.
    ///   - leastLifetime: the least that a claim leaves an actor that has a time of its own.
    package init(
        _ redis: SimulatedRedis<Logic.State>,
        retention: Duration = .seconds(30 * 86_400),
        lifetime: @escaping @Sendable (Logic.State) -> Duration? = { _ in nil },
        leastLifetime: Duration = .zero
    ) {
        self.redis = redis
        self.retention = retention
        self.lifetime = lifetime
        self.leastLifetime = leastLifetime
    }

    /// States are stored as they are, in one form.
    package func form(at sequence: SequenceNumber) -> StoredForm { .empty }

    package func claim(
        _ id: ActorID,
        _ terms: ClaimTerms
    ) async throws(StoreFailure) -> ClaimResult<Logic.State> {
        try await execute(.claim) { [leastLifetime] (store, time) throws(StoreFailure) in
            try store.claim(id, terms, at: time, leastLife: leastLifetime)
        }
    }

    package func reclaim(
        _ id: ActorID,
        _ terms: ClaimTerms,
        offer: ClaimOffer<Logic.State>
    ) async throws(StoreFailure) -> ClaimResult<Logic.State> {
        let life = lifetime(offer.state)
        return try await execute(.reclaim) { [leastLifetime] (store, time) throws(StoreFailure) in
            try store.reclaim(id, terms, offer: offer, life: life, at: time, leastLife: leastLifetime)
        }
    }

    package func commit(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID,
        change: StateChange<Logic>
    ) async throws(StoreFailure) -> CommitResult {
        let (after, isReduction, next) = (change.after, change.isReduction, change.sequence)
        let life = lifetime(after)
        let answer = try await execute(.commit) { (store, _) throws(StoreFailure) in
            try store.commit(
                id,
                owner: owner,
                version: version,
                next: next,
                commit: commit,
                isReduction: isReduction,
                life: life
            ) { _ in after }
        }
        return CommitResult(answer, leaves: .empty)
    }

    package func resolve(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID
    ) async throws(StoreFailure) -> ResolveAnswer {
        try await execute(.resolve) { (store, _) throws(StoreFailure) in
            try store.resolve(id, owner: owner, version: version, commit: commit)
        }
    }

    package func verify(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation
    ) async throws(StoreFailure) -> VerifyAnswer {
        try await execute(.verify) { (store, _) throws(StoreFailure) in
            try store.verify(id, owner: owner, version: version, generation: generation)
        }
    }

    package func ownership(
        of ids: [ActorID],
        generation: Generation,
        on loop: (any EventLoop)?
    ) async throws(StoreFailure) -> OwnershipAnswer {
        try await execute(.ownership) { (store, _) throws(StoreFailure) in
            store.ownership(of: ids, generation: generation)
        }
    }

    package func republish(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: RepublishTerms,
        state: Logic.State
    ) async throws(StoreFailure) -> RepublishAnswer {
        let life = lifetime(state)
        return try await execute(.republish) { (store, time) throws(StoreFailure) in
            try store.republish(
                id,
                owner: owner,
                version: version,
                terms: terms,
                state: state,
                life: life,
                at: time
            )
        }
    }

    package func release(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation?
    ) async throws(StoreFailure) -> ReleaseAnswer {
        try await execute(.release) { (store, _) throws(StoreFailure) in
            try store.release(id, owner: owner, version: version, generation: generation)
        }
    }

    package func surrender(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: SurrenderTerms,
        state: Logic.State
    ) async throws(StoreFailure) -> SurrenderAnswer {
        let life = lifetime(state)
        return try await execute(.surrender) { (store, time) throws(StoreFailure) in
            try store.surrender(
                id,
                owner: owner,
                version: version,
                terms: terms,
                state: state,
                life: life,
                at: time
            )
        }
    }

    /// Executes one script, or performs the fault that is planned for the call.
    private func execute<Answer: Sendable>(
        _ call: Call,
        _ script:
            @escaping @Sendable (
                _ store: inout SimulatedStore<Logic.State>, _ time: UInt64
            ) throws(StoreFailure) -> Answer
    ) async throws(StoreFailure) -> Answer {
        try await faults.perform(call) { [redis] () throws(StoreFailure) in try redis.execute(script) }
    }
}
