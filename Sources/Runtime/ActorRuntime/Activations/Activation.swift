import MetricReadings
import Ownership
import Timing

/// The one live instance of an actor on a node: its committed state, its mailbox, and one exchange with the
/// store at a time. Confined to its partition's loop; on the hot path.
///
/// Commands enter by `take`. Whatever needs the store is decided by the machine, step by step, while there is
/// something to do; memory changes only after the store said that the change is durable.
final class Activation<D: Decider>: StoreCaller {
    let id: ActorID
    let session: SessionHandle
    /// Keeps the partition while an exchange is under way; the partition lets go of its activations at its end.
    let partition: Partition<D>

    var machine: OwnershipMachine
    /// The committed state; meaningful while `machine.committed` is not nil.
    var state: D.State
    /// The form in which that state is stored, for the next commit.
    var form: StoredForm = .empty
    var mailbox = Mailbox<D>()
    /// The commit in flight.
    var batch: Batch<D>?
    /// The number of waiting commands that are decided one by one: a commit that they shared was refused.
    var alone = 0
    // These lie in one word.
    /// The actor's slot, and the stamp under which it was claimed or last compared; nothing in a store of one server.
    var stamp = SlotStamp(0)
    let slot: StoreSlot
    /// True while there is something to do, or something under way.
    var isWorking: Bool
    /// True during a pause of the work.
    var isPausing = false
    /// The exchange with the store that is under way.
    var inFlight: OwnershipMachine.Operation?
    /// What came of exchanges that failed; nil while there is nothing of it.
    private var trouble: Trouble?
    /// True while one of the partition's places for restores is held.
    var holdsPlace = false
    /// True if what is under way is of no use any more: the right has passed meanwhile.
    var isOvertaken = false
    /// True if the copy is to be claimed though nobody asks for it.
    var claimsUnasked = false
    /// The instant at which the partition looks for overdue callers here; nil where it does not.
    var expiryScheduledAt: ContinuousClock.Instant?
    /// The number of commands that came into the mailbox so far, and how many of them when the store was last
    /// asked for the actor.
    var arrivals: UInt64 = 1
    var askedUpTo: UInt64 = 0
    /// The instant at which the last claim left, and what it asked for.
    var claimedAt: ContinuousClock.Instant
    var claimMode = ClaimTerms.Mode.look
    /// The reason for which the actor is being given up; nil while it is not.
    var retirement: PartitionCounts.ActivationEnd?
    /// The result of its restore if that ends now; nil once the actor is live.
    var unrestored: PartitionCounts.RestoreResult? = .failed
    var streak = AskStreak()
    /// The instant at which the store last put the actor's end of life off; before the actor is live, the one at
    /// which its first command came.
    var touchedAt: ContinuousClock.Instant
    var watchers: [Watcher] = []

    /// Somebody who waits for the end of this activation, or of a sweep if that comes first.
    struct Watcher {
        let done: () -> Void
        let awaitsSweep: Bool
    }

    /// What an activation keeps only after an exchange has failed, or during one that may not count in the end. Most
    /// have none, and pay a pointer.
    private final class Trouble {
        var lastFailure: String?
        var backoff: Backoff?
        var footing: Footing?

        var isOver: Bool { lastFailure == nil && backoff == nil && footing == nil }
    }

    /// An activation that is to become live for a first command. Whoever makes it has it restored.
    init(
        _ id: ActorID,
        session: SessionHandle,
        partition: Partition<D>,
        first ask: Ask<D>,
        now: ContinuousClock.Instant
    ) {
        self.id = id
        self.session = session
        self.partition = partition
        slot = partition.context.topology?.slot(of: id) ?? StoreSlot(0)
        machine = OwnershipMachine(create: partition.context.decider.mayCreate(ask.command))
        state = partition.context.decider.initial
        touchedAt = now
        claimedAt = now
        expiryScheduledAt = ask.deadline
        isWorking = true
        super.init()
        ask.number = 1
        mailbox.append(ask)
        ask.spans?.entered(isRestoring: true)
    }

    var context: HostContext<D> { partition.context }

    /// The message of the last exchange that failed.
    var lastFailure: String? {
        get { trouble?.lastFailure }
        set { note(isTrouble: newValue != nil) { $0.lastFailure = newValue } }
    }

    /// The pauses of the work under way; nil before the first.
    var backoff: Backoff? {
        get { trouble?.backoff }
        set { note(isTrouble: newValue != nil) { $0.backoff = newValue } }
    }

    /// What the exchange under way stands on; nil in a store of one server.
    var footing: Footing? {
        get { trouble?.footing }
        set { note(isTrouble: newValue != nil) { $0.footing = newValue } }
    }

    private func note(isTrouble: Bool, _ change: (Trouble) -> Void) {
        guard isTrouble || trouble != nil else { return }
        let trouble = trouble ?? Trouble()
        change(trouble)
        self.trouble = trouble.isOver ? nil : trouble
    }

    /// Takes one command: a read is answered from the committed state at once, anything else goes through the
    /// mailbox.
    func take(_ ask: Ask<D>) {
        if isEnded { return partition.handleGone(ask) }
        if let spans = ask.spans { spans.entered(isRestoring: isClaiming) }
        let isBarred = lacksSlotRight
        if isBarred {
            lapseIfDue(at: partition.now)
            if isEnded { return partition.handleGone(ask) }
        }
        // A read that moves the actor waits in the mailbox, for which it needs room.
        let moves = follow(ask) && mailbox.count < context.policy.mailboxLimit
        if !moves, !isBarred, let version = machine.committed, context.decider.isRead(ask.command) {
            if let batch, let announced = context.decider.announcedVersion(in: ask.command),
                announced > version.sequence.rawValue
            {
                return readAfterCommit(ask, in: batch)
            }
            return read(ask, version.sequence.rawValue)
        }
        guard mailbox.count < context.policy.mailboxLimit else {
            partition.counts.fullMailboxes &+= 1
            return ask.fail(failure(.overloaded, outcome: .notApplied, "its mailbox is full"))
        }
        arrivals += 1
        ask.number = arrivals
        mailbox.append(ask)
        partition.counts.mailboxDepths.record(mailbox.count)
        scheduleExpiry(at: ask.deadline)
        startWork()
    }

    /// The session is checked after the state was read, and both after the request came: nobody else can have
    /// committed anything in between.
    private func read(_ ask: Ask<D>, _ sequence: UInt64) {
        let next = machine.nextSequence?.rawValue ?? sequence
        let decision = context.decider.decide(ask.command, on: state, sequence: sequence, next: next)
        let now = partition.now
        guard session.mayAct(at: now) else { return partition.handleGone(ask) }
        let answer = answer(decision, on: state, sequence: sequence)
        if partition.isTouchDue(of: state, after: now - touchedAt) { startWork() }
        partition.counts.reads &+= 1
        ask.answer(answer)
    }

    /// Answers a read together with the commit that is in flight: an asker that heard of the version from the
    /// store may come before this activation knows that the commit is durable. The read has no events, so
    /// that the commit stays what it is.
    private func readAfterCommit(_ ask: Ask<D>, in batch: Batch<D>) {
        guard batch.entries.count < context.policy.mailboxLimit else {
            let why = "too many callers wait for its commit"
            return ask.fail(failure(.overloaded, outcome: .notApplied, why))
        }
        arrivals += 1
        ask.number = arrivals
        batch.decide(ask, by: context.decider)
        scheduleExpiry(at: ask.deadline)
    }

    /// The same as `retire`, unless that is under way.
    func retireOnce(because reason: PartitionCounts.ActivationEnd, _ done: @escaping () -> Void) {
        if isRetiring { done() } else { retire(because: reason, done) }
    }

    /// Gives the actor up once what is in flight is finished.
    ///
    /// - Parameters:
    ///   - deadline: the instant from which the host lets go whoever waits for that, once. Nothing begins
    ///     from then on, as nobody would end its wait; nil where the host waits as long as it takes.
    ///   - done: called when the activation is gone.
    func retire(
        because reason: PartitionCounts.ActivationEnd,
        until deadline: ContinuousClock.Instant? = nil,
        _ done: @escaping () -> Void
    ) {
        guard !isEnded else { return done() }
        if let deadline, partition.now >= deadline { return done() }
        retirement = reason
        watch(Watcher(done: done, awaitsSweep: false))
    }

    /// Checks what is live against a new generation; `done` is called when the store has it again, or the
    /// activation is gone.
    func settle(_ generation: Generation, _ done: @escaping () -> Void) {
        guard !isEnded else { return done() }
        _ = event(.sweep(generation))
        watch(Watcher(done: done, awaitsSweep: true))
    }

    private func watch(_ watcher: Watcher) {
        watchers.append(watcher)
        startWork()
    }

    /// True if a sweep has nothing to do here: the store had just what is committed here, and nothing was or
    /// is under way that could make it more.
    func isIntact(_ stored: StoredOwnership?) -> Bool {
        switch machine.state {
        case .ended, .dormant, .reclaiming: true
        case .owned(let version): stored == StoredOwnership(owner: session.id, version: version)
        case .claiming, .absent, .committing, .resolving, .resolvingDoubt, .verifying, .republishing,
            .releasing, .handingOver, .surrendering:
            false
        }
    }

    /// The number of waiting commands: those in the mailbox, and the reads that wait for the commit in
    /// flight.
    var waiting: Int { mailbox.count + (batch?.entries.count { !$0.isChange } ?? 0) }

    var isRetiring: Bool { retirement != nil }

    /// True while the actor is not owned, but asked for.
    var isClaiming: Bool {
        switch machine.state {
        case .claiming, .absent, .dormant, .reclaiming: true
        case .owned, .committing, .resolving, .resolvingDoubt, .verifying, .republishing, .releasing,
            .handingOver, .surrendering, .ended:
            false
        }
    }

    var isEnded: Bool {
        switch machine.state {
        case .ended: true
        case .claiming, .absent, .owned, .committing, .resolving, .resolvingDoubt, .verifying, .republishing,
            .releasing, .handingOver, .surrendering, .dormant, .reclaiming:
            false
        }
    }

    func answer(
        _ decision: Decision<D.Event, D.Outcome, D.Rejection>,
        on state: D.State,
        sequence: UInt64
    ) -> Answer<D> {
        let verdict: Answer<D>.Verdict =
            switch decision {
            case .accept(_, let outcome): .accepted(outcome, state)
            case .reject(let rejection): .rejected(rejection)
            }
        return Answer(verdict: verdict, sequence: sequence, node: context.node)
    }

    func failure(
        _ reason: HostFailure.Reason,
        outcome: HostFailure.Outcome,
        _ detail: String
    ) -> HostFailure {
        HostFailure(reason, outcome, id: id, detail: detail)
    }
}
