import DequeModule
import Ownership

/// The one live instance of an actor on this node: its committed state, its mailbox, and one exchange with
/// the store at a time.
///
/// Commands enter through `handle`. Whatever needs the store is done by `pump`, which the host runs while
/// there is something to do; memory changes only after the store said that the change is durable.
actor Activation<D: Decider> {
    nonisolated let id: ActorID
    nonisolated let session: SessionHandle
    nonisolated let host: Host<D>

    var machine: OwnershipMachine
    /// The committed state; meaningful while `machine.committed` is not nil.
    var state: D.State
    /// The form in which that state is stored, for the next commit.
    var form: StoredForm = .empty
    var mailbox: Deque<Envelope<D>> = []
    /// The commit in flight.
    var batch: Batch<D>?
    /// The number of waiting commands that are decided one by one: a commit that they shared was refused.
    var alone = 0
    /// The message of the last exchange that failed.
    var lastFailure: String?
    var isPumping: Bool
    /// True while one of the host's places for restores is held.
    var holdsPermit = false
    /// The instant at which the host looks for overdue callers here; nil where it does not.
    var expiryScheduledAt: ContinuousClock.Instant?
    /// The next action of a pump that a caller has left before a pause.
    var pending: OwnershipMachine.Action?
    /// The number of commands that came into the mailbox so far, and when the store was last asked for the
    /// actor.
    var arrivals: UInt64
    var askedUpTo: UInt64 = 0
    var isRetiring = false
    /// The instant at which the store last put the actor's end of life off.
    var touchedAt: ContinuousClock.Instant
    var watchers: [Watcher] = []

    /// Somebody who waits for the end of this activation, or of a sweep if that comes first.
    struct Watcher {
        let continuation: CheckedContinuation<Void, Never>
        let awaitsSweep: Bool
    }

    /// An activation that is to become live for a first command. Whoever makes it has its pump run.
    init(
        _ id: ActorID,
        session: SessionHandle,
        host: Host<D>,
        first envelope: sending Envelope<D>,
        now: ContinuousClock.Instant
    ) {
        self.id = id
        self.session = session
        self.host = host
        self.machine = OwnershipMachine(create: host.decider.mayCreate(envelope.command))
        self.state = host.decider.initial
        self.touchedAt = now
        self.arrivals = envelope.number
        self.expiryScheduledAt = envelope.deadline
        self.isPumping = true
        mailbox.append(envelope)
    }

    /// Serves one command: a read from the committed state at once, anything else through the mailbox.
    func handle(_ command: D.Command, deadline: ContinuousClock.Instant) async -> HandlingResult<D> {
        if isEnded { return .gone }
        if let version = machine.committed, host.decider.isRead(command) {
            if let batch, let announced = host.decider.announcedVersion(in: command),
                announced > version.sequence.rawValue
            {
                return await readAfterCommit(command, in: batch, deadline: deadline)
            }
            return read(command, version.sequence.rawValue)
        }
        guard mailbox.count < host.policy.mailboxLimit else {
            return .failure(failure(.overloaded, outcome: .notApplied, "its mailbox is full"))
        }
        arrivals += 1
        let reply = ReplyPromise<D>()
        mailbox.append(Envelope(number: arrivals, command: command, deadline: deadline, reply: reply))
        scheduleExpiry(at: deadline)
        if case .owned = machine.state, !isPumping {
            // The caller does the work itself while it is for its own command: that saves the way to another
            // task. Not for a restore, which may wait for a place: a caller must hear of its deadline.
            begin()
            await pump(for: reply)
        } else {
            startPump()
        }
        return await reply.wait()
    }

    /// The session is checked after the state was read, and both after the request came: nobody else can have
    /// committed anything in between.
    private func read(_ command: D.Command, _ sequence: UInt64) -> HandlingResult<D> {
        let next = machine.nextSequence?.rawValue ?? sequence
        let decision = host.decider.decide(command, on: state, sequence: sequence, next: next)
        let now = host.clock.now
        guard session.mayAct(at: now) else { return .gone }
        if now - touchedAt >= host.touchInterval(of: state) { startPump() }
        return .answer(answer(decision, on: state, sequence: sequence))
    }

    /// Answers a read together with the commit that is in flight: an asker that heard of the version from the
    /// store may come before this activation knows that the commit is durable. The read has no events, so
    /// that the commit stays what it is.
    private func readAfterCommit(
        _ command: D.Command,
        in batch: Batch<D>,
        deadline: ContinuousClock.Instant
    ) async -> HandlingResult<D> {
        guard machine.committed != nil, batch.entries.count < host.policy.mailboxLimit else {
            return .failure(
                failure(.overloaded, outcome: .notApplied, "too many callers wait for its commit")
            )
        }
        arrivals += 1
        let reply = ReplyPromise<D>()
        let envelope = Envelope<D>(number: arrivals, command: command, deadline: deadline, reply: reply)
        batch.decide(envelope, by: host.decider)
        scheduleExpiry(at: deadline)
        return await reply.wait()
    }

    /// The same as `retire`, unless that is under way.
    func retireOnce() async {
        if !isRetiring { await retire() }
    }

    /// Gives the actor up once what is in flight is finished; returns when the activation is gone.
    ///
    /// - Parameter deadline: the instant from which the host lets go whoever waits for that, once. Nothing
    ///   begins from then on, as nobody would end its wait; nil where the host waits as long as it takes.
    func retire(until deadline: ContinuousClock.Instant? = nil) async {
        guard !isEnded else { return }
        if let deadline, host.clock.now >= deadline { return }
        isRetiring = true
        await watch(awaitsSweep: false)
    }

    /// Checks what is live against a new generation; returns when the store has it again, or the activation
    /// is gone.
    func settle(_ generation: Generation) async {
        guard !isEnded else { return }
        _ = event(.sweep(generation))
        await watch(awaitsSweep: true)
    }

    /// True if a sweep has nothing to do here: the store had just what is committed here, and nothing was or
    /// is under way that could make it more.
    func isIntact(_ stored: StoredOwnership?) -> Bool {
        switch machine.state {
        case .ended: true
        case .owned(let version): stored == StoredOwnership(owner: session.id, version: version)
        case .claiming, .absent, .committing, .resolving, .resolvingDoubt, .verifying, .republishing,
            .releasing,
            .surrendering:
            false
        }
    }

    /// The number of waiting commands: those in the mailbox, and the reads that wait for the commit in
    /// flight.
    var waiting: Int { mailbox.count + (batch?.entries.count { !$0.isChange } ?? 0) }

    private func watch(awaitsSweep: Bool) async {
        await withCheckedContinuation { continuation in
            watchers.append(Watcher(continuation: continuation, awaitsSweep: awaitsSweep))
            startPump()
        }
    }

    func startPump() {
        guard !isPumping else { return }
        begin()
        if !host.enqueue(self, isRestore: isClaiming) { close() }
    }

    private var isClaiming: Bool {
        switch machine.state {
        case .claiming, .absent: true
        case .owned, .committing, .resolving, .resolvingDoubt, .verifying, .republishing, .releasing,
            .surrendering,
            .ended:
            false
        }
    }

    private func begin() {
        isPumping = true
        host.began()
    }

    /// There is nothing to do now.
    func stopPumping() {
        guard isPumping else { return }
        isPumping = false
        host.ended()
    }

    var isEnded: Bool {
        switch machine.state {
        case .ended: true
        case .claiming, .absent, .owned, .committing, .resolving, .resolvingDoubt, .verifying, .republishing,
            .releasing, .surrendering:
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
        return Answer(verdict: verdict, sequence: sequence, node: host.node)
    }

    func failure(
        _ reason: HostFailure.Reason,
        outcome: HostFailure.Outcome,
        _ detail: String
    ) -> HostFailure {
        HostFailure(reason, outcome, id: id, detail: detail)
    }
}
