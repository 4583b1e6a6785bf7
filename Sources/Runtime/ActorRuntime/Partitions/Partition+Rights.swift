import DequeModule
import NIOCore
import Ownership

/// The rights of slots, in a store of many servers. A store of one server has none of this.
extension Partition {
    /// What a partition keeps for them.
    struct SlotWork {
        /// The last instant until which ends of rights were looked for.
        var checkedUntil: ContinuousClock.Instant?
        /// True while activations are looked through for those whose right has passed.
        var isLapsing = false
        /// True while activations are compared after a change.
        var isComparing = false
        /// True if there was another change meanwhile.
        var mustCompareAgain = false
        /// Activations whose right has passed, to be claimed when that may be.
        var copies: Deque<Activation<D>> = []
    }

    /// Takes in newer rights.
    ///
    /// - Parameter isNews: true if activations are to be compared with their records.
    func take(_ fresh: SlotRights, isNews: Bool) {
        if rights.map({ $0.revision < fresh.revision }) ?? true { rights = fresh }
        if isNews { compareStale() }
    }

    /// Takes in the rights that are known now: what was claimed or compared may stand on newer ones than were posted.
    func renewRights() {
        if let known = context.directory.rights { take(known, isNews: false) }
    }

    // MARK: Changes

    /// Has each activation compared that stands on former facts, a bounded number at a time.
    private func compareStale() {
        guard !slotWork.isComparing else {
            slotWork.mustCompareAgain = true
            return
        }
        slotWork.isComparing = true
        slotWork.mustCompareAgain = false
        compareNext(of: live.walk)
    }

    private func compareNext(of walk: ActivationTable.Walk) {
        var walk = walk
        let now = now
        let stale = next(of: &walk).filter { activation in
            activation.lapseIfDue(at: now)
            return activation.isStale
        }
        forEach(stale, { activation, isDone in activation.compare(isDone) }) { [walk] in
            guard walk.isAtEnd else { return self.inLaterTurn { self.compareNext(of: walk) } }
            self.slotWork.isComparing = false
            if self.slotWork.mustCompareAgain { self.inLaterTurn { self.compareStale() } }
        }
    }

    // MARK: Ends

    /// Looks after activations whose right has passed, and after the copies that they left.
    func keepRights(at now: ContinuousClock.Instant) {
        guard let rights else { return }
        let former = slotWork.checkedUntil ?? now
        if !slotWork.isLapsing {
            slotWork.checkedUntil = now
            if rights.hasEnd(after: former, until: now) {
                slotWork.isLapsing = true
                lapseNext(of: live.walk)
            }
        }
        claimCopies(at: now)
    }

    private func lapseNext(of walk: ActivationTable.Walk) {
        var walk = walk
        let now = now
        for activation in next(of: &walk) { activation.lapseIfDue(at: now) }
        guard walk.isAtEnd else { return inLaterTurn { [walk] in self.lapseNext(of: walk) } }
        slotWork.isLapsing = false
    }

    /// An activation has become a copy.
    func note(copy activation: Activation<D>) { slotWork.copies.append(activation) }

    /// Has copies claimed that may be: nobody else has what the store may have lost.
    private func claimCopies(at now: ContinuousClock.Instant) {
        var obstacles: [StoreSlot: Bool] = [:]
        for _ in 0..<min(slotWork.copies.count, context.policy.turnLimit) {
            guard let copy = slotWork.copies.popFirst() else { return }
            guard copy.machine.isCopy, copy.session.mayAct(at: now) else { continue }
            slotWork.copies.append(copy)
            let isBlocked =
                obstacles[copy.slot] ?? (context.directory.obstacle(in: copy.slot, at: now) != nil)
            obstacles[copy.slot] = isBlocked
            if !isBlocked { copy.reclaim() }
        }
    }

    /// Those of the activations whose slots may be claimed now: others would find no owner for a while.
    func claimable(_ activations: [Activation<D>], at now: ContinuousClock.Instant) -> [Activation<D>] {
        guard rights != nil else { return activations }
        var obstacles: [StoreSlot: Bool] = [:]
        return activations.filter { activation in
            let slot = activation.slot
            let isBlocked = obstacles[slot] ?? (context.directory.obstacle(in: slot, at: now) != nil)
            obstacles[slot] = isBlocked
            return !isBlocked && !activation.machine.isCopy
        }
    }
}
