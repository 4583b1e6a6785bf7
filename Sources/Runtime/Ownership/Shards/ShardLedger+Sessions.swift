/// Sessions and their tombstones: rules 1 and 3 of the failure model.
extension ShardLedger {
    /// The facts that a heartbeat's answer names, against those that are known of the sessions' server.
    package enum Standing: Equatable, Sendable {
        /// The newest that are known: the answer counts.
        case newest
        /// Facts that have passed: the answer says nothing.
        case older
        /// Facts that no probe has shown yet: the answer says nothing before one does.
        case unknown
    }

    /// The standing of the facts in an answer about the sessions.
    ///
    /// - Parameters:
    ///   - generation: the answer's; its data set is the sessions', of which probes know nothing.
    ///   - id: the server that answered.
    ///   - slot: the sessions' slot.
    package func standing(of generation: Generation, from id: StoreServerID, in slot: StoreSlot) -> Standing {
        guard let place = place(of: slot), let server = servers[place.server] else { return .unknown }
        let known = server.word.generation
        if id == place.server, known.run == generation.run, known.replication == generation.replication,
            known.epoch == generation.epoch
        {
            return .newest
        }
        return generation.epoch ?? 0 < server.word.epoch ? .older : .unknown
    }

    /// The instant from which a tombstone may be written in the slot, as its facts are old enough then; nil where no
    /// server is known for it.
    package func tombstonesAllowed(in slot: StoreSlot) -> Instant? {
        let group = group(of: slot)
        guard let place = group.place, let server = servers[place.server] else { return nil }
        guard SafetyRule.membershipGate.holds else { return server.changedAt }
        return max(server.changedAt, group.movedAt ?? server.changedAt) + policy.gate
    }

    /// True if a majority can say which server is a primary. Otherwise observations last longer, and nobody relies on a
    /// tombstone at once.
    package var canConfirm: Bool { voters.count > 2 }

    /// The least length of an observation, from the receipt of the answer that began it.
    package var observation: Duration {
        canConfirm || !SafetyRule.confirmTombstone.holds ? policy.rightsPass : policy.unconfirmedObservation
    }

    /// True if a tombstone on the server of the slot counts: others were asked after its answer, and confirm that the
    /// server is the slot's.
    ///
    /// - Parameters:
    ///   - generation: the facts that the answer named.
    ///   - id: the server that answered.
    ///   - slot: the sessions' slot.
    ///   - answeredAt: the receipt of the answer.
    ///   - start: the beginning of the observation; that of an observation that would have sufficed, if it was
    ///     another node's.
    package func isConfirmed(
        _ generation: Generation,
        from id: StoreServerID,
        in slot: StoreSlot,
        answeredAt: Instant,
        observedSince start: Instant
    ) -> Bool {
        guard SafetyRule.confirmTombstone.holds else { return true }
        guard standing(of: generation, from: id, in: slot) == .newest else { return false }
        // The observation was long enough without.
        guard canConfirm else { return true }
        guard let evidence = confirmation(of: id, in: slot), let since = clusterEpochSince else {
            return false
        }
        return answeredAt < evidence.askedAt && evidence.contradictedAt.map { $0 <= answeredAt } ?? true
            && since <= start
    }

    /// What the other primaries say of a server.
    struct Confirmation: Equatable {
        /// The instant before which a question must have been asked to be confirmed: enough were asked later, and name
        /// this very server.
        let askedAt: Instant
        /// The instant at which the last one was asked that names another server; nil if none does.
        let contradictedAt: Instant?
    }

    /// What the other primaries say of a server in the slot; nil where too few name it.
    func confirmation(of id: StoreServerID, in slot: StoreSlot) -> Confirmation? {
        guard canConfirm, let server = servers[id], !server.isSuperseded else { return nil }
        // One that takes the slot is known by what it serves already.
        guard let slot = server.word.slots.contains(slot) ? slot : server.word.slots.first else { return nil }
        var agreeing: [Instant] = []
        var contradictedAt: Instant?
        for voter in voters where voter != id {
            guard let other = servers[voter], !other.isSuperseded else { continue }
            let view = other.word.view(of: id)
            let namesIt = view.map {
                $0.slots.contains(slot) && !$0.isFailing && $0.epoch == server.word.epoch
            }
            if namesIt == true, other.word.clusterEpoch == clusterEpoch {
                agreeing.append(other.sentAt)
            } else if namesAnother(other.word, than: id, in: slot) {
                contradictedAt = max(contradictedAt ?? other.sentAt, other.sentAt)
            }
        }
        let needed = voters.count / 2
        guard agreeing.count >= needed else { return nil }
        return Confirmation(
            askedAt: agreeing.sorted(by: >)[needed - 1],
            contradictedAt: contradictedAt
        )
    }

    private func namesAnother(_ word: ServerWord, than id: StoreServerID, in slot: StoreSlot) -> Bool {
        word.slots.contains(slot) || word.others.contains { $0.server != id && $0.slots.contains(slot) }
    }
}
