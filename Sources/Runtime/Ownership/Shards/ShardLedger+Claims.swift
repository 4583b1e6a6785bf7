/// Claims: rules 6, 7, 8 and 11 of the failure model.
extension ShardLedger {
    /// Whether an actor in the slot may be claimed at `now`, as far as the servers are concerned.
    package func permit(for slot: StoreSlot, at now: Instant) -> ClaimPermit {
        let group = group(of: slot)
        guard let place = group.place else { return .unserved(slot) }
        for id in place.servers {
            guard let server = servers[id], !server.isSuperseded, now < server.sentAt + policy.right else {
                return .waits(.silent(id), until: nil)
            }
            if let (obstacle, end) = gate(of: server, at: now) { return .waits(obstacle, until: end) }
        }
        if isHalfOpen(slot, at: place) { return .halfOpen(slot) }
        if let movedAt = group.movedAt, now < movedAt + policy.gate, SafetyRule.moveGate.holds,
            !isSettledMove(of: group, at: now)
        {
            return .waits(.moved, until: movedAt + policy.gate)
        }
        if !group.hasHeardEveryone, SafetyRule.hearEveryone.holds, let changedAt = group.changedAt {
            let unheard = primaries.first { servers[$0].map { $0.sentAt < changedAt } ?? true }
            return .waits(.unheard(unheard ?? place.server), until: nil)
        }
        guard let generation = generation(at: place) else { return .unserved(slot) }
        let trust = tombstoneTrust(in: slot, at: place, now: now)
        return .allowed(ClaimGrounds(generation: generation, stamp: group.stamp, trust: trust))
    }

    /// True if a claim that was sent on these grounds could be sent now: else its answer does not count.
    package func upholds(_ grounds: ClaimGrounds, for slot: StoreSlot, at now: Instant) -> Bool {
        guard SafetyRule.answerInTime.holds else { return true }
        guard case .allowed(let present) = permit(for: slot, at: now) else { return false }
        return present.upholds(grounds)
    }

    /// True if everything may be claimed but what an outage or an operator keeps from it: no claim waits for time to
    /// pass.
    package func isSettled(at now: Instant) -> Bool {
        var seen = [Bool](repeating: false, count: groups.count)
        var isAnyAllowed = false
        for (slot, group) in groupOf.enumerated() where !seen[Int(group)] {
            seen[Int(group)] = true
            switch permit(for: StoreSlot(UInt16(slot)), at: now) {
            case .allowed: isAnyAllowed = true
            case .waits(_, until: let end): if end != nil { return false }
            case .halfOpen, .unserved: break
            }
        }
        return isAnyAllowed
    }

    /// What makes claims on the server wait, and until when.
    private func gate(of server: Server, at now: Instant) -> (ClaimObstacle, Instant)? {
        let settled = server.changedAt + policy.gate
        if now < settled, SafetyRule.generationGate.holds { return (.changed(server.word.server), settled) }
        let steady = server.resumedAt + policy.interruption
        if now < steady, SafetyRule.uninterrupted.holds { return (.interrupted(server.word.server), steady) }
        return nil
    }

    /// True if a server imports the slot that its server does not migrate to it: it may have actors of the slot.
    private func isHalfOpen(_ slot: StoreSlot, at place: SlotPlace) -> Bool {
        guard SafetyRule.wholeSlot.holds else { return false }
        return importers.contains { id in
            !place.includes(id) && servers[id]?.word.importing[slot] != nil
        }
    }

    /// The quick path: true if a change of Where or of an epoch was no more than that. Every primary was heard after
    /// it, none has another generation since less than G, and each knows the others by the facts that we know.
    private func isSettledMove(of group: Group, at now: Instant) -> Bool {
        guard let place = group.place, let changedAt = group.changedAt else { return false }
        let heard = SafetyRule.quickEveryone.holds ? primaries : [place.server]
        for id in primaries {
            guard let server = servers[id] else { return false }
            if gate(of: server, at: now) != nil, SafetyRule.quickSettled.holds { return false }
        }
        return heard.allSatisfy { id in
            guard let server = servers[id], server.sentAt >= changedAt else { return false }
            return agrees(server.word) || !SafetyRule.quickAgreed.holds
        }
    }

    /// True if the server knows every other primary by the id and the epoch that we know, and none as failing.
    private func agrees(_ word: ServerWord) -> Bool {
        primaries.allSatisfy { id in
            guard id != word.server else { return true }
            guard let view = word.view(of: id), let known = servers[id]?.word else { return false }
            return !view.isFailing && view.epoch == known.epoch && view.slots.isEmpty == known.slots.isEmpty
        }
    }

    // MARK: Dead owners

    private func tombstoneTrust(in slot: StoreSlot, at place: SlotPlace, now: Instant) -> TombstoneTrust {
        guard SafetyRule.takeoverConfirmed.holds else { return .all }
        let before = now - policy.replacedAnswers
        var confirmed: Range<Instant>?
        for id in place.servers {
            guard let evidence = confirmation(of: id, in: slot), let since = clusterEpochSince else {
                return TombstoneTrust(before: before)
            }
            let settled = max(since + policy.rightsPass, evidence.contradictedAt ?? since)
            let from = max(settled, confirmed?.lowerBound ?? settled)
            let until = min(evidence.askedAt, confirmed?.upperBound ?? evidence.askedAt)
            guard from < until else { return TombstoneTrust(before: before) }
            confirmed = from..<until
        }
        return TombstoneTrust(before: before, confirmed: confirmed)
    }
}
