import DequeModule
import Logging
import Ownership
import Timing

/// The activation's own work, one step after the other.
extension Activation {
    /// Becomes live, in the place that the host holds for it.
    func restore() async {
        holdsPermit = true
        await pump()
        releasePermit()
    }

    /// Does what there is to do, until there is nothing or the activation is gone. One runs at a time.
    ///
    /// - Parameter reply: the answer for a caller that runs the pump itself. Once it is given, or the caller
    ///   has to wait for anything but the store, or is cancelled, a task of the host goes on.
    func pump(for reply: ReplyPromise<D>? = nil) async {
        var backoff = Backoff(floor: host.policy.backoffFloor, ceiling: host.policy.backoffCeiling)
        var action = resume()
        while true {
            if let reply, isForOthers(action, reply) { return handOver(action) }
            switch action {
            case .none:
                return stopPumping()
            case .perform(let operation):
                action = await perform(operation)
            case .performAgain:
                guard await host.pause(&backoff) else { return close() }
                action = await performAgain()
            case .serve:
                resumeWatchersAfterSweep()
                action = serve()
            case .answerAbsent:
                action = answerAbsent()
            case .apply:
                backoff.reset()
                applyBatch()
                action = event(.proceed)
            case .rejectCommit:
                if !rejectBatch() {
                    guard await host.pause(&backoff) else { return close() }
                }
                expire(at: host.clock.now)
                action = event(.proceed)
            case .doubtCommit:
                doubtBatch()
                action = event(.proceed)
            case .drop(let end):
                return drop(end)
            }
        }
    }

    func event(_ event: OwnershipMachine.Event) -> OwnershipMachine.Action {
        machine.event(event, terms: republishTerms)
    }

    private func republishTerms() -> RepublishTerms {
        // Nothing is owned before the first heartbeat's answer; a generation that no store has is refused.
        let unknown = Generation(dataSet: "", run: "", replication: "")
        return RepublishTerms(
            attempt: session.nextAttempt(),
            generation: host.directory.generation ?? unknown
        )
    }

    /// True if the next action is not the business of the caller that runs the pump.
    private func isForOthers(_ action: OwnershipMachine.Action, _ reply: ReplyPromise<D>) -> Bool {
        switch action {
        // An action that takes no time is performed at once; above all `.apply`, before which the state is
        // not that of the version.
        case .none, .drop, .apply, .doubtCommit, .answerAbsent: false
        case .serve where mailbox.isEmpty && !isRetiring: false
        case .performAgain, .rejectCommit: true
        case .perform, .serve: reply.isGiven || Task.isCancelled
        }
    }

    /// Leaves the work to a task of the host. By the time that it comes the machine may want something else,
    /// and is asked again; only a pause is not forgotten.
    private func handOver(_ action: OwnershipMachine.Action) {
        switch action {
        case .performAgain, .rejectCommit: pending = action
        case .serve where !SafetyRule.handOverAsksAgain.holds: pending = action
        case .none, .perform, .serve, .answerAbsent, .apply, .doubtCommit, .drop: pending = nil
        }
        if !host.enqueue(self) { close() }
    }

    /// The action with which the pump takes up the work again.
    private func resume() -> OwnershipMachine.Action {
        if let pending {
            self.pending = nil
            return pending
        }
        switch machine.state {
        case .owned:
            return event(.proceed)
        // Nobody waits any more: their time ran out before it was this one's turn.
        case .claiming where mailbox.isEmpty:
            return event(.abandon)
        case .absent:
            return .answerAbsent
        case .claiming, .committing, .resolving, .resolvingDoubt, .verifying, .republishing, .releasing,
            .surrendering:
            return machine.operation.map { .perform($0) } ?? .none
        case .ended(let end):
            return .drop(end)
        }
    }

    /// The next step of an activation that owns its actor and has nothing in flight.
    private func serve() -> OwnershipMachine.Action {
        guard session.mayAct(at: host.clock.now) else { return event(.sessionOver) }
        if isRetiring { return event(.release) }
        while !mailbox.isEmpty {
            let next = decideBatch()
            guard next.events.isEmpty else {
                batch = next
                return event(.commit(session.nextCommit()))
            }
            settle(next)
        }
        // A record without a commit lives for a short time only, and nobody needs it: it must not vanish
        // under us.
        if machine.committed?.sequence == .zero { return event(.release) }
        if SafetyRule.ownerProlongsLife.holds, host.clock.now - touchedAt >= host.touchInterval(of: state),
            let generation = host.directory.generation
        {
            touchedAt = host.clock.now
            _ = event(.sweep(generation))
            return event(.proceed)
        }
        return .none
    }

    private func decideBatch() -> Batch<D> {
        let now = host.clock.now
        let next = Batch<D>(
            on: state,
            form: form,
            at: machine.committed?.sequence.rawValue ?? 0,
            next: machine.nextSequence?.rawValue ?? 0,
            extendsLife: now - touchedAt >= host.touchInterval(of: state)
        )
        let limit = alone > 0 ? 1 : host.policy.batchLimit
        while next.entries.count < limit, let envelope = mailbox.popFirst() {
            if alone > 0 { alone -= 1 }
            guard envelope.deadline > now else {
                envelope.reply.resume(returning: .failure(overdue(.notApplied)))
                continue
            }
            next.decide(envelope, by: host.decider)
        }
        return next
    }

    private func applyBatch() {
        guard let batch else { return }
        self.batch = nil
        // A commit that changes how long the actor is kept always puts its end of life off.
        if batch.extendsLife || host.touchInterval(of: batch.after) != host.touchInterval(of: state) {
            touchedAt = host.clock.now
        }
        state = batch.after
        form = batch.formAfter
        lastFailure = nil
        settle(batch)
    }

    /// Answers a batch whose state is the committed one.
    private func settle(_ batch: Batch<D>) {
        let sequence = machine.committed?.sequence.rawValue ?? 0
        guard session.mayAct(at: host.clock.now) else {
            let outcome: HostFailure.Outcome = batch.wasSent ? .unknown : .notApplied
            return fail(
                batch,
                failure(.sessionLost, outcome: outcome, "the session ended while it was served")
            )
        }
        for entry in batch.entries {
            entry.envelope.reply.resume(
                returning: .answer(answer(entry.decision, on: batch.after, sequence: sequence))
            )
        }
    }

    /// Takes back a commit that was not executed: a passing trouble puts the commands back into the mailbox
    /// (and returns false), a refusal is told to the callers.
    private func rejectBatch() -> Bool {
        guard let batch else { return true }
        self.batch = nil
        if let refusal = batch.refusal {
            // A full store takes what needs no room, but not together with something else.
            if refusal.reason == .storeUnavailable, batch.entries.count(where: \.isChange) > 1 {
                alone = batch.entries.count
                putBack(batch)
                return true
            }
            fail(batch, refusal)
            return true
        }
        putBack(batch)
        return false
    }

    /// Gives up a commit that may or may not have been executed.
    private func doubtBatch() {
        guard let batch else { return }
        self.batch = nil
        fail(batch, doubt(about: batch))
    }

    /// The failure for the callers of a commit whose fate nobody can tell any more.
    func doubt(about batch: Batch<D>) -> HostFailure {
        let why = lastFailure ?? "the store refuses the change, and an earlier copy was not answered"
        return failure(batch.refusal?.reason ?? .storeUnavailable, outcome: .unknown, why)
    }

    func putBack(_ batch: Batch<D>) {
        for entry in batch.entries.reversed() {
            mailbox.prepend(entry.envelope)
        }
    }

    func fail(_ batch: Batch<D>, _ failure: HostFailure) {
        for entry in batch.entries {
            entry.envelope.reply.resume(returning: .failure(entry.isChange ? failure : failure.ofNoChange))
        }
        batch.entries = []
    }

    /// Decides what waited when the store was asked on the state of an actor that does not exist, until a
    /// command would bring it into being. Who came later asks again: the actor may have been created
    /// meanwhile, elsewhere.
    private func answerAbsent() -> OwnershipMachine.Action {
        let now = host.clock.now
        guard session.mayAct(at: now) else { return event(.sessionOver) }
        while let envelope = mailbox.first, envelope.number <= askedUpTo {
            let decision = host.decider.decide(
                envelope.command,
                on: host.decider.initial,
                sequence: 0,
                next: 1
            )
            if case .accept(let events, _) = decision, !events.isEmpty { return event(.create) }
            mailbox.removeFirst()
            envelope.reply.resume(returning: .answer(answer(decision, on: host.decider.initial, sequence: 0)))
        }
        return event(.abandon)
    }

    private func performAgain() async -> OwnershipMachine.Action {
        expire(at: host.clock.now)
        guard let operation = machine.operation else { return .none }
        if case .claim = operation, mailbox.isEmpty { return event(.abandon) }
        return await perform(operation)
    }
}
