internal import ActorRuntime
internal import CartActor
internal import Ownership

/// The actor store of one simulated process, which notes what became of calls for the judges of the simulation.
struct ObservedActorStore: ForwardingActorStore {
    typealias Logic = CartLogic

    let target: any ActorStore<CartLogic>
    let cluster: SimulatedCluster
    let oracle: OwnershipOracle
    let liveness: ProcessLiveness

    func commit(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID,
        change: StateChange<CartLogic>
    ) async throws(StoreFailure) -> CommitResult {
        do throws(StoreFailure) {
            return try await target.commit(id, owner: owner, version: version, commit: commit, change: change)
        } catch {
            // The owner keeps what it holds in memory.
            if case .unreadable = error { cluster.occurrences.note(.unreadableCommit) }
            throw error
        }
    }

    func verify(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation
    ) async throws(StoreFailure) -> VerifyAnswer {
        let age = cluster.redis.age(of: id) ?? .zero
        let answer = try await givingUp(id, at: version) { () async throws(StoreFailure) in
            try await target.verify(id, owner: owner, version: version, generation: generation)
        }
        if answer == .intact, age >= retention / 8 { cluster.occurrences.note(.prolongation) }
        return answer
    }

    func republish(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: RepublishTerms,
        state: CartRecord
    ) async throws(StoreFailure) -> RepublishAnswer {
        let answer = try await givingUp(id, at: version) { () async throws(StoreFailure) in
            try await target.republish(id, owner: owner, version: version, terms: terms, state: state)
        }
        // Redis has no less than the owner, which forgets what it holds.
        if case .fenced = answer { oracle.gaveUp(version, of: id) }
        return answer
    }

    func release(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation?
    ) async throws(StoreFailure) -> ReleaseAnswer {
        let answer: ReleaseAnswer
        do throws(StoreFailure) {
            answer = try await givingUp(id, at: version) { () async throws(StoreFailure) in
                try await target.release(id, owner: owner, version: version, generation: generation)
            }
        } catch {
            // It may be the last try: once a later heartbeat has shown that Redis has the cart, the owner forgets
            // it. If it tries again, and Redis has lost the cart by then, a surrender makes it known anew.
            if case .refused = error { oracle.gaveUp(version, of: id) }
            throw error
        }
        // Of a cart without a commit Redis can have lost nothing: it is given up all the same.
        if version.sequence == .zero, answer == .regressed || answer == .lost {
            oracle.gaveUp(version, of: id)
        }
        // Nothing is idle for so long that this alone would be a reason.
        if answer == .released, version.sequence > .zero, cluster.limits.isCrowded, !liveness.isLeaving {
            cluster.occurrences.note(.limitPassivation)
        }
        return answer
    }

    func surrender(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: SurrenderTerms,
        state: CartRecord
    ) async throws(StoreFailure) -> SurrenderAnswer {
        try await givingUp(id, at: version) { () async throws(StoreFailure) in
            try await target.surrender(
                id,
                owner: owner,
                version: version,
                terms: terms,
                state: state
            )
        }
    }

    /// Notes that the process forgets what it holds in memory, if the call finds a key that cannot be read.
    private func givingUp<Answer: Sendable>(
        _ id: ActorID,
        at version: Version,
        _ call: () async throws(StoreFailure) -> Answer
    ) async throws(StoreFailure) -> Answer {
        do throws(StoreFailure) {
            return try await call()
        } catch {
            if case .unreadable = error { oracle.gaveUp(version, of: id) }
            throw error
        }
    }
}
