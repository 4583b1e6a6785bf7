import Logging
import MetricReadings
import Ownership
import Timing

/// The activation's own work, one step after the other. On the hot path.
extension Activation {
    /// Becomes live, in the place that the partition has for it.
    func restore() {
        holdsPlace = true
        run(resume())
        leavePlaceUnlessClaiming()
    }

    /// Has the work go on that there is, unless it is under way.
    func startWork() {
        guard !isWorking else { return }
        isWorking = true
        partition.began()
        if isClaiming { partition.restores.enqueue(self) } else { run(resume()) }
    }

    /// There is nothing to do now.
    func stopWork() {
        guard isWorking else { return }
        isWorking = false
        backoff = nil
        partition.ended()
    }

    /// Does what there is to do, until an exchange or a pause is under way, there is nothing more, or the
    /// activation is gone.
    func run(_ first: OwnershipMachine.Action) {
        var next: OwnershipMachine.Action? = first
        while let action = next { next = perform(action) }
    }

    func event(_ event: OwnershipMachine.Event) -> OwnershipMachine.Action {
        machine.event(event) { republishTerms() }
    }

    /// Performs an action.
    ///
    /// - Returns: the next action; nil where that is for later, or never.
    private func perform(_ action: OwnershipMachine.Action) -> OwnershipMachine.Action? {
        switch action {
        case .none:
            stopWork()
            return nil
        case .perform(let operation):
            return begin(operation)
        case .performAgain(let operation):
            return pause { $0.performAgain(operation) }
        case .serve:
            endSweepWatchers()
            return serve()
        case .answerAbsent:
            return answerAbsent()
        case .apply:
            backoff = nil
            applyBatch()
            return event(.proceed)
        case .rejectCommit:
            if rejectBatch() { return proceed() }
            return pause { $0.proceed() }
        case .doubtCommit:
            doubtBatch()
            return goOn()
        case .drop(let end):
            drop(end)
            return nil
        }
    }

    /// Goes on after the next step of the back-off.
    private func pause(
        then next: @escaping (Activation<D>) -> OwnershipMachine.Action?
    ) -> OwnershipMachine.Action? {
        var backoff = backoff ?? context.freshBackoff
        let time = context.nextPause(of: &backoff)
        self.backoff = backoff
        isPausing = true
        partition.pause(for: time) { isDue in
            self.isPausing = false
            // The host may have stopped meanwhile, and told everybody.
            guard !self.isEnded else { return }
            guard isDue else { return self.close() }
            guard !self.isOvertaken else { return self.goOnAfterLapse() }
            if let action = next(self) { self.run(action) }
            self.leavePlaceUnlessClaiming()
        }
        return nil
    }

    /// The action with which the work is taken up.
    private func resume() -> OwnershipMachine.Action {
        switch machine.state {
        case .owned:
            return event(.proceed)
        // Nobody waits any more: their time ran out before it was this one's turn.
        case .claiming where mailbox.isEmpty:
            return event(.abandon)
        case .absent:
            return .answerAbsent
        case .claiming, .committing, .resolving, .resolvingDoubt, .verifying, .republishing, .releasing,
            .handingOver, .surrendering:
            return machine.operation.map { .perform($0) } ?? .none
        case .dormant:
            return goOn()
        case .reclaiming:
            return machine.operation.map { .perform($0) } ?? .none
        case .ended(let end):
            return .drop(end)
        }
    }

    private func performAgain(_ operation: OwnershipMachine.Operation) -> OwnershipMachine.Action? {
        expire(at: partition.now)
        if case .claim = operation, mailbox.isEmpty { return event(.abandon) }
        if case .reclaim = operation, !offersAgain { return event(.postpone) }
        return begin(operation)
    }

    private func proceed() -> OwnershipMachine.Action? {
        expire(at: partition.now)
        return goOn()
    }

    /// The next step of an activation that owns its actor and has nothing in flight.
    private func serve() -> OwnershipMachine.Action {
        let now = partition.now
        guard session.mayAct(at: now) else { return event(.sessionOver) }
        if lacksSlotRight { return lapseAtWork() }
        if isRetiring { return event(.release) }
        if let successor {
            // If it comes to nothing, as many asks come before the next try.
            streak.end()
            return event(.handOver(to: successor))
        }
        while !mailbox.isEmpty {
            answerFirstReads()
            if lacksSlotRight { return lapseAtWork() }
            guard !mailbox.isEmpty else { break }
            let next = decideBatch()
            guard next.events.isEmpty else {
                batch = next
                return event(.commit(session.nextCommit()))
            }
            settle(next)
        }
        // Whoever was answered may have asked for what needs this one's room.
        if isRetiring { return event(.release) }
        // A record without a commit lives for a short time only, and nobody needs it: it must not vanish
        // under us.
        if machine.committed?.sequence == .zero { return event(.release) }
        if SafetyRule.ownerProlongsLife.holds, partition.isTouchDue(of: state, after: now - touchedAt),
            let generation = generationInForce
        {
            touchedAt = now
            _ = event(.sweep(generation))
            return event(.proceed)
        }
        return .none
    }

    /// Answers the reads that wait before any change, each by itself. Recorded ones go through a batch, as their spans
    /// say.
    private func answerFirstReads() {
        let version = machine.committed?.sequence.rawValue ?? 0
        let next = machine.nextSequence?.rawValue ?? version
        while alone == 0, let ask = mailbox.first, ask.spans == nil, context.decider.isRead(ask.command) {
            let now = partition.now
            guard ask.deadline > now, session.mayAct(at: now), !lacksSlotRight else { return }
            _ = mailbox.popFirst()
            let decision = context.decider.decide(ask.command, on: state, sequence: version, next: next)
            ask.answer(answer(decision, on: state, sequence: version))
        }
    }

    private func decideBatch() -> Batch<D> {
        let now = partition.now
        let next = Batch<D>(
            on: state,
            form: form,
            at: machine.committed?.sequence.rawValue ?? 0,
            next: machine.nextSequence?.rawValue ?? 0,
            extendsLife: partition.isTouchDue(of: state, after: now - touchedAt)
        )
        let limit = alone > 0 ? 1 : context.policy.batchLimit
        while next.entries.count < limit, let ask = mailbox.popFirst() {
            if alone > 0 { alone -= 1 }
            guard ask.deadline > now else {
                ask.fail(overdue(.notApplied))
                continue
            }
            next.decide(ask, by: context.decider)
        }
        return next
    }

    private func applyBatch() {
        guard let batch else { return }
        self.batch = nil
        // A commit that changes how long the actor is kept always puts its end of life off.
        if batch.extendsLife
            || partition.touchInterval(of: batch.after) != partition.touchInterval(of: state)
        {
            touchedAt = partition.now
        }
        partition.counts.commandsPerCommit.record(batch.entries.count)
        state = batch.after
        form = batch.formAfter
        lastFailure = nil
        settle(batch)
    }

    /// Answers a batch whose state is the committed one.
    private func settle(_ batch: Batch<D>) {
        let sequence = machine.committed?.sequence.rawValue ?? 0
        guard session.mayAct(at: partition.now) else {
            let outcome: HostFailure.Outcome = batch.wasSent ? .unknown : .notApplied
            return fail(
                batch,
                failure(.sessionLost, outcome: outcome, "the session ended while it was served")
            )
        }
        guard !lacksSlotRight else {
            let outcome: HostFailure.Outcome = batch.wasSent ? .unknown : .notApplied
            return fail(batch, failure(.sessionLost, outcome: outcome, Self.lapsedWhileServed))
        }
        for entry in batch.entries {
            entry.ask.answer(answer(entry.decision, on: batch.after, sequence: sequence))
        }
    }

    private static var lapsedWhileServed: String {
        "the node's right to answer for it ended while it was served: its server does not answer"
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
    func doubtBatch() {
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
        for entry in batch.entries.reversed() { mailbox.prepend(entry.ask) }
    }

    func fail(_ batch: Batch<D>, _ failure: HostFailure) {
        // Whoever hears of it may ask again at once.
        let entries = batch.entries
        batch.entries = []
        for entry in entries { entry.ask.fail(entry.isChange ? failure : failure.ofNoChange) }
    }

    /// Decides what waited when the store was asked on the state of an actor that does not exist, until a
    /// command would bring it into being. Who came later asks again: the actor may have been created
    /// meanwhile, elsewhere.
    private func answerAbsent() -> OwnershipMachine.Action {
        guard session.mayAct(at: partition.now) else { return event(.sessionOver) }
        let initial = context.decider.initial
        while let ask = mailbox.first, ask.number <= askedUpTo {
            let decision = context.decider.decide(ask.command, on: initial, sequence: 0, next: 1)
            if case .accept(let events, _) = decision, !events.isEmpty { return event(.create) }
            _ = mailbox.popFirst()
            ask.answer(answer(decision, on: initial, sequence: 0))
        }
        unrestored = .absent
        return event(.abandon)
    }
}
