import Ownership

/// The right of the actor's slot, in a store of many servers.
extension Activation {
    /// What a claim or a comparison under way stands on.
    enum Footing {
        /// A claim, and the grounds on which it was sent.
        case claim(ClaimGrounds)
        /// A comparison under the facts of this stamp.
        case comparison(SlotStamp)
    }

    /// True if the actor must not be answered from memory, as the right of its slot has passed. On the hot path.
    var lacksSlotRight: Bool {
        // In a store of one server nothing more is asked.
        guard partition.rights != nil else { return false }
        return !(partition.rights?.mayAct(in: slot, since: stamp, at: partition.now) ?? true)
    }

    /// True if the right does not grow before the record was compared.
    var isStale: Bool {
        guard let rights = partition.rights, !isClaiming, !isEnded else { return false }
        return rights.stamp(of: slot) != stamp
    }

    /// The generation in force of the servers that may have the actor.
    var generationInForce: Generation? {
        partition.rights == nil ? context.directory.generation : context.directory.facts(of: slot)?.generation
    }

    func republishTerms() -> RepublishTerms {
        partition.rights == nil
            ? context.directory.republishTerms(for: session)
            : context.directory.republishTerms(for: session, in: slot, since: stamp)
    }

    // MARK: Changes

    /// Compares the record with what is here, and puts back what is missing; `done` is called when the right grows
    /// again, or is gone.
    func compare(_ done: @escaping () -> Void) {
        guard isStale, session.mayAct(at: partition.now), let generation = generationInForce else {
            return done()
        }
        settle(generation, done)
    }

    /// A comparison with the record is about to leave.
    func noteComparison(under generation: Generation) {
        guard partition.rights != nil, let facts = context.directory.facts(of: slot) else { return }
        if facts.generation == generation {
            footing = .comparison(facts.stamp)
        } else {
            // Its answer will settle nothing: the next one is for the facts in force.
            _ = event(.sweep(facts.generation))
        }
    }

    /// The record is what is here, under the facts that were asked for.
    func comparisonHolds() {
        guard case .comparison(let stamp)? = footing else { return }
        footing = nil
        self.stamp = stamp
        partition.renewRights()
    }

    // MARK: Claims

    /// The terms of a claim that is to leave now; nil where it cannot leave, with the reason in `lastFailure`.
    ///
    /// - Parameter offers: true if it offers the copy, for which a mere look is of no use.
    func claimTerms(
        create: Bool,
        naming dead: SessionID?,
        offers: Bool,
        at now: ContinuousClock.Instant
    ) -> ClaimTerms? {
        let directory = context.directory
        footing = nil
        guard partition.rights != nil else {
            return directory.terms(for: session, create: create, naming: dead, at: now)
        }
        let plan = directory.claimPlan(
            for: session,
            in: slot,
            create: create,
            naming: dead,
            // What the store may lack is handed over by a draining node, too.
            whileDraining: offers,
            at: now
        )
        if let grounds = plan?.grounds {
            footing = .claim(grounds)
        } else if offers {
            lastFailure = directory.obstacle(in: slot, at: now) ?? "its servers are not known"
            return nil
        }
        return plan?.terms
    }

    /// True if the answer of the claim counts: it could be sent now, under the same facts.
    func claimHolds(at now: ContinuousClock.Instant) -> Bool {
        guard case .claim(let grounds)? = footing else { return true }
        footing = nil
        guard context.directory.upholds(grounds, for: slot, at: now) else { return false }
        stamp = grounds.stamp
        partition.renewRights()
        return true
    }

    /// The generation that a release names, so that it goes where a claim would: it forgets the copy. Empty in a store
    /// of one server, where it names none; nil where a server is not known.
    var releaseFacts: [Generation]? {
        guard partition.rights != nil, SafetyRule.releaseInWhere.holds else { return [] }
        return generationInForce.map { [$0] }
    }

    // MARK: Lapse

    /// Becomes a copy if the right has passed.
    func lapseIfDue(at now: ContinuousClock.Instant) {
        guard !isEnded, !isClaiming, lacksSlotRight, session.mayAct(at: now) else { return }
        let isWaiting = inFlight != nil || isPausing
        // Work that is just done finds out itself.
        guard isWaiting || !isWorking else { return }
        lapse(isWaiting: isWaiting)
    }

    /// The right has passed.
    ///
    /// - Parameter isWaiting: true if an exchange or a pause is under way.
    private func lapse(isWaiting: Bool) {
        let action = event(.lapsed)
        noteLapse()
        switch action {
        case .drop(let end): return drop(end)
        case .doubtCommit: doubtBatch()
        case .rejectCommit: if let batch = batch.take() { putBack(batch) }
        case .none, .perform, .performAgain, .serve, .answerAbsent, .apply: break
        }
        endSweepWatchers()
        partition.note(copy: self)
        if isWaiting {
            // What is under way is of no use any more. Whatever ends it takes the work up.
            isOvertaken = true
        } else if hasWork {
            startWork()
        }
    }

    private func noteLapse() {
        footing = nil
        lastFailure =
            context.directory.obstacle(in: slot, at: partition.now) ?? "the right to answer for it ended"
    }

    /// The same where nothing is under way, in the midst of work.
    func lapseAtWork() -> OwnershipMachine.Action {
        let action = event(.lapsed)
        noteLapse()
        endSweepWatchers()
        guard machine.isCopy else { return action }
        partition.note(copy: self)
        return action == .none ? goOn() : action
    }

    /// An exchange or a pause has ended that the lapse has overtaken.
    func goOnAfterLapse() {
        isOvertaken = false
        guard !isEnded else { return }
        if hasWork { partition.restores.enqueue(self) } else { stopWork() }
    }

    /// Claims the copy though nobody asks for it.
    func reclaim() {
        guard !isWorking, case .dormant = machine.state else { return }
        isWorking = true
        partition.began()
        claimsUnasked = true
        partition.restores.enqueue(self)
    }

    /// True if somebody waits for the copy to be claimed.
    private var hasWork: Bool { !mailbox.isEmpty || isRetiring || claimsUnasked }

    /// The action with which work goes on that has nothing in flight.
    func goOn() -> OwnershipMachine.Action {
        guard machine.isCopy else { return event(.proceed) }
        return hasWork ? event(.proceed) : .none
    }

    /// Whether a claim of the copy is tried again after a pause; otherwise it waits for the next occasion.
    var offersAgain: Bool { !mailbox.isEmpty || isRetiring }
}
