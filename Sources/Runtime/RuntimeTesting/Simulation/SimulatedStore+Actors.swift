package import ActorRuntime
package import Ownership

extension SimulatedStore {
    /// See `ActorStore.claim`.
    ///
    /// - Parameters:
    ///   - time: microseconds since 1970 by the server's clock, as everywhere here.
    ///   - leastLife: the least that the claimant gives a record as its own time to live.
    package mutating func claim(
        _ id: ActorID,
        _ terms: ClaimTerms,
        at time: UInt64,
        leastLife: Duration = .zero
    ) throws(StoreFailure) -> ClaimResult<State> {
        let takes: Bool
        let creates: Bool
        switch terms.mode {
        case .look: (takes, creates) = (false, false)
        case .take: (takes, creates) = (true, false)
        case .create: (takes, creates) = (true, true)
        }
        if takes, refuses(terms) { return ClaimResult(answer: .otherGeneration) }
        let found = try record(id)
        if found == nil, !creates { return ClaimResult(answer: .absent) }
        if found == nil, isFull { throw .refused("actor \(id): out of memory (OOM)") }
        if let owner = found?.owner, owner != terms.session, !terms.dead.contains(owner) {
            return ClaimResult(answer: .owner(owner))
        }
        if !takes { return ClaimResult(answer: .free) }
        var record =
            found
            ?? Record(
                owner: nil,
                version: Version(epoch: Epoch(0), sequence: .zero),
                attempt: terms.attempt,
                commit: nil,
                state: nil
            )
        if record.owner == terms.session, record.attempt > terms.attempt, SafetyRule.claimAttempt.holds {
            return ClaimResult(answer: .superseded)
        }
        return grant(&record, of: id, on: terms, at: time, leastLife: leastLife)
    }

    private mutating func grant(
        _ record: inout Record,
        of id: ActorID,
        on terms: ClaimTerms,
        at time: UInt64,
        leastLife: Duration
    ) -> ClaimResult<State> {
        let isTakeover = record.owner.map { $0 != terms.session } ?? false
        if record.owner != terms.session || record.attempt != terms.attempt {
            record.owner = terms.session
            record.attempt = terms.attempt
            record.version.epoch = epoch(after: record.version.epoch, at: time)
            record.life = record.life.map { max($0, leastLife) }
            write(record, for: id)
        }
        return ClaimResult(
            answer: .granted(record.version),
            state: record.state,
            isTakeover: isTakeover
        )
    }

    /// See `ActorStore.reclaim`.
    package mutating func reclaim(
        _ id: ActorID,
        _ terms: ClaimTerms,
        offer: ClaimOffer<State>,
        life: Duration? = nil,
        at time: UInt64,
        leastLife: Duration = .zero
    ) throws(StoreFailure) -> ClaimResult<State> {
        if refuses(terms) { return ClaimResult(answer: .otherGeneration) }
        if isLate(offer.notAfter, at: time) { return ClaimResult(answer: .late) }
        let found = try record(id)
        if let owner = found?.owner, owner != terms.session, !terms.dead.contains(owner) {
            return ClaimResult(answer: .owner(owner))
        }
        if let found, found.owner == terms.session, found.attempt > terms.attempt {
            return ClaimResult(answer: .superseded)
        }
        if var found, !(found.version < offer.version), SafetyRule.offerComparesVersions.holds {
            return grant(&found, of: id, on: terms, at: time, leastLife: leastLife)
        }
        let former = max(found?.version.epoch ?? Epoch(0), offer.version.epoch)
        let fresh = Version(epoch: epoch(after: former, at: time), sequence: offer.version.sequence)
        write(
            Record(
                owner: terms.session,
                version: fresh,
                attempt: terms.attempt,
                commit: nil,
                state: offer.state,
                life: life
            ),
            for: id
        )
        return ClaimResult(
            answer: .granted(fresh),
            state: offer.state,
            isTakeover: found?.owner.map { $0 != terms.session } ?? false,
            tookOffer: true
        )
    }

    /// See `ActorStore.commit`.
    ///
    /// - Parameters:
    ///   - next: the version that the commit makes.
    ///   - isReduction: true if the change needs no room.
    ///   - life: the record's own time to live, as everywhere here; nil for the usual one.
    ///   - change: turns the stored content, nil before the first commit, into the new one.
    package mutating func commit(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        next: SequenceNumber,
        commit: CommitID,
        isReduction: Bool = false,
        life: Duration? = nil,
        _ change: (State?) -> State
    ) throws(StoreFailure) -> CommitAnswer {
        if isFull, !isReduction { throw .refused("actor \(id): out of memory (OOM)") }
        guard var record = try record(id) else { return .lost }
        if record.version < version, SafetyRule.regressedBeforeFenced.holds { return .regressed }
        guard record.owner == owner, record.version.epoch == version.epoch else { return .fenced }
        if record.version.sequence == next, record.commit == commit { return .committed }
        guard record.version == version || !SafetyRule.sequenceCheck.holds else { return .fenced }
        record.version.sequence = next
        record.commit = commit
        record.state = change(record.state)
        record.life = life
        write(record, for: id)
        return .committed
    }

    /// See `ActorStore.resolve`.
    package func resolve(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID
    ) throws(StoreFailure) -> ResolveAnswer {
        guard let record = try record(id) else { return .lost }
        if record.version < version, SafetyRule.regressedBeforeFenced.holds { return .regressed }
        guard record.owner == owner, record.version.epoch == version.epoch else { return .fenced }
        if record.version == version { return .pending }
        return record.commit == commit ? .committed : .fenced
    }

    /// See `ActorStore.verify`.
    package mutating func verify(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation
    ) throws(StoreFailure) -> VerifyAnswer {
        guard isNamed(by: generation) else { return .otherGeneration }
        guard let record = try record(id) else { return .lost }
        if record.version < version, SafetyRule.regressedBeforeFenced.holds { return .regressed }
        guard record.owner == owner, record.version == version else { return .fenced }
        touch(id)
        return .intact
    }

    /// See `ActorStore.ownership`.
    package func ownership(of ids: [ActorID], generation: Generation) -> OwnershipAnswer {
        guard isNamed(by: generation) else { return .otherGeneration }
        return .owners(
            ids.map { id in
                switch contents.slots[id] {
                case nil, .unreadable: nil
                case .record(let record): StoredOwnership(owner: record.owner, version: record.version)
                }
            }
        )
    }

    /// See `ActorStore.republish`.
    package mutating func republish(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: RepublishTerms,
        state: State,
        life: Duration? = nil,
        at time: UInt64
    ) throws(StoreFailure) -> RepublishAnswer {
        if !isNamed(by: terms.generation), SafetyRule.republishNamesGeneration.holds {
            return .otherGeneration
        }
        if isLate(terms.notAfter, at: time) { return .late }
        let found = try record(id)
        if let found, !(found.version < version) {
            guard found.owner == owner, found.version.sequence == version.sequence else { return .fenced }
            if found.version.epoch == version.epoch { return .intact }
            return found.attempt == terms.attempt ? .republished(found.version.epoch) : .fenced
        }
        let former = max(found?.version.epoch ?? Epoch(0), version.epoch)
        let fresh = Version(epoch: epoch(after: former, at: time), sequence: version.sequence)
        write(
            Record(
                owner: owner,
                version: fresh,
                attempt: terms.attempt,
                commit: nil,
                state: version.sequence > .zero ? state : nil,
                life: life
            ),
            for: id
        )
        return .republished(fresh.epoch)
    }

    /// See `ActorStore.release`.
    package mutating func release(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation? = nil
    ) throws(StoreFailure) -> ReleaseAnswer {
        // On one server there is nobody else who could execute it.
        if let generation, generation.marker != nil, !isNamed(by: generation) { return .otherGeneration }
        guard var record = try record(id) else { return version.sequence > .zero ? .lost : .released }
        if record.version < version { return .regressed }
        let isOurs =
            record.version == version || (!SafetyRule.releaseChecksEpoch.holds && record.owner == owner)
        guard isOurs, record.owner == owner || record.owner == nil else { return .fenced }
        if record.owner == nil { return .released }
        record.owner = nil
        if version.sequence == .zero, record.state == nil { forget(id) } else { write(record, for: id) }
        return .released
    }

    /// See `ActorStore.surrender`.
    package mutating func surrender(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: SurrenderTerms,
        state: State,
        life: Duration? = nil,
        at time: UInt64
    ) throws(StoreFailure) -> SurrenderAnswer {
        if !isNamed(by: terms.generation), SafetyRule.republishNamesGeneration.holds {
            return .otherGeneration
        }
        if isLate(terms.notAfter, at: time) { return .late }
        if var found = try record(id), !(found.version < version) {
            guard found.version == version, found.owner == owner || found.owner == nil else { return .fenced }
            found.owner = nil
            found.life = life
            write(found, for: id)
            return .released
        }
        write(
            Record(
                owner: nil,
                version: version,
                attempt: ClaimAttempt(0),
                commit: nil,
                state: state,
                life: life
            ),
            for: id
        )
        return .released
    }

    /// True if a claim names a generation that is not in force.
    private func refuses(_ terms: ClaimTerms) -> Bool {
        !isNamed(by: terms.generation) && (server == nil || SafetyRule.claimNamesFacts.holds)
    }

    private func isLate(_ notAfter: StoreTime, at time: UInt64) -> Bool {
        StoreTime(time) > notAfter && SafetyRule.republishNamesDeadline.holds
    }

    private func epoch(after former: Epoch, at time: UInt64) -> Epoch {
        Epoch(time > former.rawValue ? time : former.rawValue + 1)
    }
}
