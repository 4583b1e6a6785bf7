import MetricReadings
import Ownership

/// Answers to waiting callers whose time ran out, or whose activation is gone.
extension Activation {
    /// Has the partition look after whoever waits here, when the first one's time runs out.
    func scheduleExpiry(at deadline: ContinuousClock.Instant) {
        if let expiryScheduledAt, expiryScheduledAt <= deadline { return }
        expiryScheduledAt = deadline
        partition.scheduleExpiry(self, at: deadline)
    }

    /// Answers whoever has waited for too long. For the partition, when it was asked to look after them.
    func expireCallers(at now: ContinuousClock.Instant) {
        expire(at: now)
        // An overtaken turn: callers with less time came after it was noted, and at theirs the next was
        // noted.
        if let expiryScheduledAt, expiryScheduledAt > now { return }
        expiryScheduledAt = nil
        // Closures: an unspecialised key path is instantiated each time.
        let waiting = mailbox.map { $0.deadline } + (batch?.entries ?? []).map { $0.ask.deadline }
        if let next = waiting.min() { scheduleExpiry(at: next) }
    }

    /// Answers the callers whose deadline has passed, and all of them once the session is over.
    func expire(at now: ContinuousClock.Instant) {
        guard session.mayAct(at: now) else { return answerAllAsOver() }
        for ask in mailbox.removeAll(where: { $0.deadline <= now }) { ask.fail(overdue(.notApplied)) }
        guard let batch else { return }
        let late = batch.entries.filter { $0.ask.deadline <= now }
        guard !late.isEmpty else { return }
        batch.entries.removeAll { $0.ask.deadline <= now }
        for entry in late {
            entry.ask.fail(overdue(batch.wasSent && entry.isChange ? .unknown : .notApplied))
        }
    }

    func overdue(_ outcome: HostFailure.Outcome) -> HostFailure {
        if let lastFailure { return failure(.storeUnavailable, outcome: outcome, lastFailure) }
        return failure(.deadlineExceeded, outcome: outcome, "the time given for it ran out")
    }

    private func answerAllAsOver() {
        handBackMailbox()
        if let batch {
            fail(
                batch,
                failure(
                    .sessionLost,
                    outcome: batch.wasSent ? .unknown : .notApplied,
                    "the node's session ended"
                )
            )
        }
    }

    func failMailbox(_ failure: HostFailure) {
        for ask in takeMailbox() { ask.fail(failure) }
    }

    /// Has whoever waits ask the partition again.
    private func handBackMailbox() {
        for ask in takeMailbox() { partition.handleGone(ask) }
    }

    private func takeMailbox() -> Mailbox<D> {
        exchange(&mailbox, with: Mailbox())
    }

    /// Ends the activation: nothing of it is served any more.
    func drop(_ end: OwnershipMachine.End) {
        stopWork()
        if let unrestored {
            let result = PartitionCounts.RestoreResult(end, otherwise: unrestored)
            partition.counts.restored.record(partition.now - touchedAt, as: result)
        }
        partition.forget(self, because: .init(end, retirement))
        endBatch(end)
        switch end {
        case .elsewhere(let session):
            for ask in takeMailbox() { partition.handle(ask, ownedBy: session) }
        case .handedOver(let session):
            partition.handedOver(self, to: session)
            for ask in takeMailbox() { partition.handle(ask, ownedBy: session) }
        case .unowned:
            let obstacle =
                partition.rights == nil ? nil : context.directory.obstacle(in: slot, at: partition.now)
            for ask in takeMailbox() { partition.handleUnowned(ask, because: obstacle) }
        case .released, .fenced, .sessionOver, .lapsed, .abandoned, .refused:
            handBackMailbox()
        }
        endWatchers()
        // The partition may know the activation for as long as a caller would have waited, which is no reason
        // to keep all this.
        state = context.decider.initial
        form = .empty
    }

    /// The commit in flight when the activation ended: a single copy that was fenced was certainly not
    /// executed, and its commands can be asked again; otherwise nobody knows.
    private func endBatch(_ end: OwnershipMachine.End) {
        guard let batch else { return }
        self.batch = nil
        if !batch.wasSent || (end == .fenced && !batch.wasUnanswered) {
            for entry in batch.entries { partition.handleGone(entry.ask) }
        } else if end == .refused || end == .abandoned {
            fail(batch, doubt(about: batch))
        } else {
            fail(
                batch,
                failure(.sessionLost, outcome: .unknown, "ownership was lost while the change was on its way")
            )
        }
    }

    /// The host stops at once: whoever waits is told so.
    func close() {
        stopWork()
        guard !isEnded else { return }
        _ = event(.abandon)
        partition.forget(self, because: .stopped)
        if let batch {
            self.batch = nil
            fail(
                batch,
                failure(.draining, outcome: batch.wasSent ? .unknown : .notApplied, "the node stopped")
            )
        }
        failMailbox(failure(.draining, outcome: .notApplied, "the node stopped"))
        endWatchers()
    }

    func endSweepWatchers() {
        guard !watchers.isEmpty, machine.sweep == nil else { return }
        endWatchers { $0.awaitsSweep }
    }

    /// Lets go whoever waits for the actor to be given up: there is no time left.
    func endWaitForRetirement() {
        endWatchers { !$0.awaitsSweep }
    }

    private func endWatchers(where isMet: (Watcher) -> Bool = { _ in true }) {
        guard !watchers.isEmpty else { return }
        let met = watchers.filter(isMet)
        watchers.removeAll(where: isMet)
        for watcher in met { watcher.done() }
    }
}
