package import ActorRuntime
package import NIOCore
package import Ownership
package import RedisClient

/// Stores actors in Redis 7.0 or later: one hash per actor, `<cluster>:{<id>}`, and one script per operation.
///
/// The scripts implement the ownership protocol. The file of each documents its keys, arguments and answers,
/// and has the call that a step of the store makes of it.
package struct RedisActorStore<Logic: Decider>: ActorStore {
    package let retention: Duration
    let servers: RedisServers
    let keys: RedisKeys
    private let layout: any StateLayout<Logic>
    /// The ways of which each belongs to an event loop, by that loop.
    private let loopServers: [ObjectIdentifier: RedisServers]
    private let commitScript: RedisScript
    private let reductionScript: RedisScript
    private let usualRetention: Retention
    private let lifetime: @Sendable (Logic.State) -> Duration?

    /// - Parameters:
    ///   - servers: for asynchronous calls; run by the caller.
    ///   - loopServers: one for each event loop with a side of its own (`onLoop`); run by the caller.
    ///   - retention: the time after its last touch at which an actor expires; a millisecond to a century.
    ///   - lifetime: the same for an actor in this state; nil for `retention`.
    ///   - leastLifetime: the least that `lifetime` is. An actor that another node gave less gets this when it
    ///     is claimed.
    package init(
        servers: RedisServers,
        loopServers: [RedisServers] = [],
        cluster: ClusterName = .standard,
        layout: any StateLayout<Logic>,
        retention: Duration = .seconds(30 * 86_400),
        lifetime: @escaping @Sendable (Logic.State) -> Duration? = { _ in nil },
        leastLifetime: Duration = .zero
    ) {
        self.servers = servers
        self.loopServers = Dictionary(
            loopServers.map { (ObjectIdentifier($0.eventLoop), $0) },
            uniquingKeysWith: { first, _ in first }
        )
        self.keys = RedisKeys(cluster: cluster)
        self.layout = layout
        self.retention = retention
        let database = servers.configuration.database
        let inCluster = servers.isCluster
        self.commitScript = CommitScript.script(
            database: database,
            retention: retention,
            inCluster: inCluster
        )
        self.reductionScript = CommitScript.reduction(
            database: database,
            retention: retention,
            inCluster: inCluster
        )
        self.usualRetention = Retention(usual: retention, least: leastLifetime)
        self.lifetime = lifetime
    }

    /// A store on one server.
    ///
    /// - Parameters:
    ///   - client: for asynchronous calls; run by the caller.
    ///   - loopClients: one for each event loop with a side of its own (`onLoop`); run by the caller.
    package init(
        client: RedisClient,
        loopClients: [RedisClient] = [],
        cluster: ClusterName = .standard,
        layout: any StateLayout<Logic>,
        retention: Duration = .seconds(30 * 86_400),
        lifetime: @escaping @Sendable (Logic.State) -> Duration? = { _ in nil },
        leastLifetime: Duration = .zero
    ) {
        self.init(
            servers: .one(client),
            loopServers: loopClients.map { .one($0) },
            cluster: cluster,
            layout: layout,
            retention: retention,
            lifetime: lifetime,
            leastLifetime: leastLifetime
        )
    }

    package func form(at sequence: SequenceNumber) -> StoredForm { layout.form(at: sequence) }

    /// The side of the store for one loop: with the client on that loop if there is one.
    package func onLoop(_ loop: any EventLoop, jobs: @escaping JobStarter) -> any LoopStore<Logic> {
        guard let servers = loopServers[ObjectIdentifier(loop)] else {
            return TaskLoopStore(self, on: loop, jobs: jobs)
        }
        return RedisLoopStore(self, servers: servers)
    }

    package func claim(
        _ id: ActorID,
        _ terms: ClaimTerms
    ) async throws(StoreFailure) -> ClaimResult<Logic.State> {
        try result(try await ask(claimCall(id, terms)))
    }

    package func reclaim(
        _ id: ActorID,
        _ terms: ClaimTerms,
        offer: ClaimOffer<Logic.State>
    ) async throws(StoreFailure) -> ClaimResult<Logic.State> {
        try result(try await ask(try reclaimCall(id, terms, offer: offer)))
    }

    package func commit(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID,
        change: StateChange<Logic>
    ) async throws(StoreFailure) -> CommitResult {
        let actor = OwnedActor(id: id, owner: owner, version: version)
        return try await ask(try commitCall(actor, commit: commit, change: change))
    }

    package func resolve(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID
    ) async throws(StoreFailure) -> ResolveAnswer {
        let actor = OwnedActor(id: id, owner: owner, version: version)
        return try await ask(ResolveCall(actor: actor, commit: commit))
    }

    package func verify(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation
    ) async throws(StoreFailure) -> VerifyAnswer {
        let actor = OwnedActor(id: id, owner: owner, version: version)
        return try await ask(verifyCall(actor, generation: generation))
    }

    package func ownership(
        of ids: [ActorID],
        generation: Generation,
        on loop: (any EventLoop)?
    ) async throws(StoreFailure) -> OwnershipAnswer {
        let servers = loop.flatMap { loopServers[ObjectIdentifier($0)] } ?? servers
        return try await servers.ownership(of: ids, in: keys, generation: generation)
    }

    package func republish(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: RepublishTerms,
        state: Logic.State
    ) async throws(StoreFailure) -> RepublishAnswer {
        let actor = OwnedActor(id: id, owner: owner, version: version)
        return try await ask(try republishCall(actor, terms: terms, state: state))
    }

    package func release(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation?
    ) async throws(StoreFailure) -> ReleaseAnswer {
        let actor = OwnedActor(id: id, owner: owner, version: version)
        return try await ask(releaseCall(actor, generation: generation))
    }

    package func surrender(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: SurrenderTerms,
        state: Logic.State
    ) async throws(StoreFailure) -> SurrenderAnswer {
        let actor = OwnedActor(id: id, owner: owner, version: version)
        return try await ask(try surrenderCall(actor, terms: terms, state: state))
    }

    private func ask<Call: StoreCall>(_ call: Call) async throws(StoreFailure) -> Call.Answer {
        try await servers.answer(to: call, in: keys)
    }
}

// MARK: Calls

extension RedisActorStore {
    func claimCall(_ id: ActorID, _ terms: ClaimTerms) -> ClaimCall {
        ClaimCall(id: id, terms: terms, retention: usualRetention)
    }

    func reclaimCall(
        _ id: ActorID,
        _ terms: ClaimTerms,
        offer: ClaimOffer<Logic.State>
    ) throws(StoreFailure) -> ReclaimCall {
        let actor = OwnedActor(id: id, owner: terms.session, version: offer.version)
        return ReclaimCall(
            id: id,
            terms: terms,
            notAfter: offer.notAfter,
            version: offer.version,
            record: try wholeRecord(of: actor, in: offer.state),
            retention: usualRetention
        )
    }

    func result(_ claim: StoredClaim) throws(StoreFailure) -> ClaimResult<Logic.State> {
        try claim.result(by: layout.reader)
    }

    func commitCall(
        _ actor: OwnedActor,
        commit: CommitID,
        change: StateChange<Logic>
    ) throws(StoreFailure) -> CommitCall {
        let written = try encoding(actor.id) { () throws(CodecFailure) in try layout.write(change) }
        try checkSize(written.content, of: actor.id)
        return CommitCall(
            actor: actor,
            script: commitScript,
            spare: change.isReduction ? reductionScript : nil,
            commit: commit,
            next: change.sequence,
            content: written.content,
            form: written.form,
            life: lifetime(change.after).map(Retention.milliseconds),
            extendsLife: change.extendsLife
        )
    }

    func verifyCall(_ actor: OwnedActor, generation: Generation) -> VerifyCall {
        VerifyCall(actor: actor, generation: generation, retention: usualRetention)
    }

    func republishCall(
        _ actor: OwnedActor,
        terms: RepublishTerms,
        state: Logic.State
    ) throws(StoreFailure) -> RepublishCall {
        RepublishCall(actor: actor, terms: terms, record: try wholeRecord(of: actor, in: state))
    }

    func releaseCall(_ actor: OwnedActor, generation: Generation?) -> ReleaseCall {
        ReleaseCall(actor: actor, generation: generation, retention: usualRetention)
    }

    func surrenderCall(
        _ actor: OwnedActor,
        terms: SurrenderTerms,
        state: Logic.State
    ) throws(StoreFailure) -> SurrenderCall {
        SurrenderCall(actor: actor, terms: terms, record: try wholeRecord(of: actor, in: state))
    }

    private func wholeRecord(
        of actor: OwnedActor,
        in state: Logic.State
    ) throws(StoreFailure) -> WholeRecord {
        let own = lifetime(state)
        let sequence = actor.version.sequence
        guard sequence > .zero else {
            return WholeRecord(content: [], retention: Retention(usual: Retention.uncommittedLife, own: own))
        }
        let content = try encoding(actor.id) { () throws(CodecFailure) in
            try layout.content(of: state, at: sequence)
        }
        try checkSize(ContentChange(set: content), of: actor.id)
        return WholeRecord(content: content, retention: Retention(usual: retention, own: own))
    }

    private func encoding<Content>(
        _ id: ActorID,
        _ encode: () throws(CodecFailure) -> Content
    ) throws(StoreFailure) -> Content {
        do throws(CodecFailure) {
            return try encode()
        } catch {
            throw .refused("actor \(id): its state cannot be encoded: \(error.reason)")
        }
    }

    private func checkSize(_ content: ContentChange, of id: ActorID) throws(StoreFailure) {
        guard content.set.count + content.delete.count <= ContentChange.fieldLimit else {
            throw .refused("actor \(id): a change has more than \(ContentChange.fieldLimit) fields")
        }
    }
}
