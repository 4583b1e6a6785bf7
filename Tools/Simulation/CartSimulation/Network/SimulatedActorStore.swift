internal import ActorRuntime
internal import CartActor
internal import NIOCore
internal import Ownership
internal import RuntimeTesting

/// The actor store of one simulated process, on its connection to Redis.
struct SimulatedActorStore: ActorStore {
    typealias Logic = CartLogic

    let retention: Duration
    let connection: SimulatedRedisConnection
    let oracle: OwnershipOracle
    let layout: any StateLayout<CartLogic>

    func form(at sequence: SequenceNumber) -> StoredForm { layout.form(at: sequence) }

    func claim(_ id: ActorID, _ terms: ClaimTerms) async throws(StoreFailure) -> ClaimResult<CartRecord> {
        let claim = try await connection.execute("claim", about: "\(id) by \(terms.session)") {
            [oracle] (store, time) throws(StoreFailure) in
            try oracle.watch(.claim(terms.session), of: id, in: &store) { store throws(StoreFailure) in
                try store.claim(id, terms, at: time)
            }
        }
        guard case .granted(let version) = claim.answer else { return ClaimResult(answer: claim.answer) }
        oracle.heard(version, of: id)
        guard let content = claim.state, version.sequence > .zero else {
            return ClaimResult(answer: claim.answer)
        }
        do throws(CodecFailure) {
            let fields = content.sorted { $0.key < $1.key }.map { ContentField($0.key, $0.value) }
            let (state, form) = try layout.reader.state(in: fields, at: version.sequence)
            return ClaimResult(answer: claim.answer, state: state, form: form)
        } catch {
            oracle.sawUnreadable(id, error.reason)
            throw .unreadable("actor \(id): \(error.reason)")
        }
    }

    /// Only a store of many servers lets rights lapse, and is asked this.
    func reclaim(
        _ id: ActorID,
        _ terms: ClaimTerms,
        offer: ClaimOffer<CartRecord>
    ) async throws(StoreFailure) -> ClaimResult<CartRecord> {
        try await claim(id, terms)
    }

    func commit(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID,
        change: StateChange<CartLogic>
    ) async throws(StoreFailure) -> CommitResult {
        let result = try written { () throws(CodecFailure) in try layout.write(change) }
        let (isReduction, next) = (change.isReduction, change.sequence)
        let answer = try await connection.execute(
            "commit",
            about: "\(id) by \(owner) on \(version.sequence.rawValue)"
        ) {
            [oracle] (store, _) throws(StoreFailure) in
            try oracle.watch(.commit(owner), of: id, in: &store) { store throws(StoreFailure) in
                (
                    try store.commit(
                        id,
                        owner: owner,
                        version: version,
                        next: next,
                        commit: commit,
                        isReduction: isReduction
                    ) { result.content.applied(to: $0) },
                    SimulatedRedisServer.holds(owner, id, in: store)
                )
            }
        }
        switch answer.0 {
        case .committed: oracle.heard(Version(epoch: version.epoch, sequence: next), of: id)
        // A commit in doubt of a key that could not be read was given up, and may have been executed.
        case .fenced where answer.1 && !connection.server.wasOverwritten(id):
            oracle.sawFencedByItself(id, owner)
        case .fenced, .regressed, .lost: break
        }
        return CommitResult(answer.0, leaves: result.form)
    }

    func resolve(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID
    ) async throws(StoreFailure) -> ResolveAnswer {
        let (answer, stored) = try await connection.execute("resolve", about: "\(id) by \(owner)") {
            (store, _) throws(StoreFailure) in
            (
                try store.resolve(id, owner: owner, version: version, commit: commit),
                SimulatedRedisServer.version(of: id, in: store)
            )
        }
        switch answer {
        case .committed: if let stored { oracle.heard(stored, of: id) }
        // The owner gives the cart up: a copy of its commit may still be on its way.
        case .pending: oracle.gaveUp(version, of: id)
        case .fenced, .regressed, .lost: break
        }
        return answer
    }

    func verify(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation
    ) async throws(StoreFailure) -> VerifyAnswer {
        try await connection.execute("verify", about: "\(id) by \(owner)") {
            (store, _) throws(StoreFailure) in
            try store.verify(id, owner: owner, version: version, generation: generation)
        }
    }

    func ownership(
        of ids: [ActorID],
        generation: Generation,
        on loop: (any EventLoop)?
    ) async throws(StoreFailure) -> OwnershipAnswer {
        try await connection.execute("ownership", about: "\(ids.count) carts") { (store, _) in
            store.ownership(of: ids, generation: generation)
        }
    }

    func republish(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: RepublishTerms,
        state: CartRecord
    ) async throws(StoreFailure) -> RepublishAnswer {
        let state = try whole(state, version)
        return try await connection.execute(
            "republish",
            about: "\(id) by \(owner) at \(version.sequence.rawValue)"
        ) {
            [oracle] (store, time) throws(StoreFailure) in
            try oracle.watch(.republish(owner, version), of: id, in: &store) { store throws(StoreFailure) in
                try store.republish(
                    id,
                    owner: owner,
                    version: version,
                    terms: terms,
                    state: state,
                    at: time
                )
            }
        }
    }

    func release(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation?
    ) async throws(StoreFailure) -> ReleaseAnswer {
        try await connection.execute(
            "release",
            about: "\(id) by \(owner) at \(version.sequence.rawValue)"
        ) {
            [oracle] (store, _) throws(StoreFailure) in
            try oracle.watch(.release(owner, version), of: id, in: &store) { store throws(StoreFailure) in
                try store.release(id, owner: owner, version: version, generation: generation)
            }
        }
    }

    func surrender(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: SurrenderTerms,
        state: CartRecord
    ) async throws(StoreFailure) -> SurrenderAnswer {
        let state = try whole(state, version)
        return try await connection.execute(
            "surrender",
            about: "\(id) by \(owner) at \(version.sequence.rawValue)"
        ) {
            [oracle] (store, time) throws(StoreFailure) in
            try oracle.watch(.surrender(owner, version), of: id, in: &store) { store throws(StoreFailure) in
                try store.surrender(
                    id,
                    owner: owner,
                    version: version,
                    terms: terms,
                    state: state,
                    at: time
                )
            }
        }
    }
}

extension SimulatedActorStore {
    private func whole(_ state: CartRecord, _ version: Version) throws(StoreFailure) -> [String: [UInt8]] {
        let content = try written { () throws(CodecFailure) in
            try layout.content(of: state, at: version.sequence)
        }
        return ContentChange(set: content).applied(to: nil)
    }

    private func written<Content>(
        _ write: () throws(CodecFailure) -> Content
    ) throws(StoreFailure) -> Content {
        do throws(CodecFailure) {
            return try write()
        } catch {
            throw .refused("its state cannot be encoded: \(error.reason)")
        }
    }
}

extension ContentChange {
    /// The fields of a record after the change, as the scripts write them.
    fileprivate func applied(to content: [String: [UInt8]]?) -> [String: [UInt8]] {
        var fields = replaces ? [:] : content ?? [:]
        for name in delete { fields[name] = nil }
        for field in set { fields[field.name] = field.value }
        return fields
    }
}

extension SimulatedRedisServer {
    /// The version of a stored cart.
    static func version(of id: ActorID, in store: Store) -> Version? {
        guard case .record(let record)? = store.contents.slots[id] else { return nil }
        return record.version
    }

    /// True if the stored cart belongs to this session.
    static func holds(_ owner: SessionID, _ id: ActorID, in store: Store) -> Bool {
        guard case .record(let record)? = store.contents.slots[id] else { return false }
        return record.owner == owner
    }
}
