import ActorRuntime

/// The asks of one stream, from the caller that waits to the answer that comes: which may leave, which left, which are over.
///
/// Pure: time is an argument, and `Waiter` is whatever the shell needs to wake a caller.
struct ClientRequestTable<Waiter> {
    typealias Instant = ContinuousClock.Instant

    enum State: Equatable {
        /// The hello is under way; asks queue. Can become `open`, `retiring` or `over`.
        case opening
        /// Asks leave and answers come. Can become `retiring` or `over`.
        case open
        /// No ask joins any more, answers still come. Can become `over`.
        case retiring
        /// The stream ended. Terminal.
        case over
    }

    enum Admission: Equatable {
        /// The ask waits for the writer, who sleeps and must be woken if `wake`.
        case queued(wake: Bool)
        /// As many asks as allowed are in flight. Nothing left.
        case full
        /// This stream takes no more asks. Nothing left.
        case closed
    }

    /// An ask on its way out, with the time that is left of it.
    struct OutgoingRequest: Equatable {
        let correlation: UInt64
        let ask: LinkRequest
        let remaining: Duration
    }

    /// What to do about a peer's silence.
    enum Probe: Equatable {
        case nothing
        case ping
        case giveUp
    }

    private struct Entry {
        let waiter: Waiter
        let ask: LinkRequest
        let deadline: Instant
        var isWritten = false
    }

    private(set) var state = State.opening
    private let policy: LinkPolicy
    private var entries: [UInt64: Entry] = [:]
    /// Correlations of asks that were not written; may name asks that are over.
    private var queue: [UInt64] = []
    /// No entry's deadline is before this.
    private var earliestDeadline: Instant?
    /// Since when the peer owed a word; nil while it owes none.
    private var silentSince: Instant?
    private var wasProbed = false

    init(policy: LinkPolicy) {
        self.policy = policy
    }

    var isEmpty: Bool { entries.isEmpty }

    mutating func admit(
        _ ask: LinkRequest,
        as correlation: UInt64,
        until deadline: Instant,
        for waiter: Waiter
    )
        -> Admission
    {
        switch state {
        case .opening, .open: break
        case .retiring, .over: return .closed
        }
        guard entries.count < policy.asksPerStream else { return .full }
        let writerSleeps = queue.isEmpty
        if queue.count >= 2 * policy.asksPerStream {
            queue.removeAll { entries[$0] == nil }
        }
        entries[correlation] = Entry(waiter: waiter, ask: ask, deadline: deadline)
        queue.append(correlation)
        earliestDeadline = min(earliestDeadline ?? deadline, deadline)
        return .queued(wake: writerSleeps && state == .open)
    }

    /// The hello succeeded.
    mutating func open() {
        if state == .opening { state = .open }
    }

    /// The asks that leave in the next message; from here on they count as sent.
    mutating func dequeue(now: Instant) -> [OutgoingRequest] {
        guard state == .open else { return [] }
        var outgoing: [OutgoingRequest] = []
        var bytes = 0
        var looked = 0
        for correlation in queue {
            guard outgoing.count < policy.batchLimit, bytes < policy.batchBytes else { break }
            looked += 1
            guard var entry = entries[correlation] else { continue }
            let remaining = now.duration(to: entry.deadline)
            // Too late to be worth a way there and back: stays unsent, and the next sweep says so.
            guard remaining >= .milliseconds(1) else { continue }
            entry.isWritten = true
            entries[correlation] = entry
            bytes += entry.ask.command.count
            outgoing.append(OutgoingRequest(correlation: correlation, ask: entry.ask, remaining: remaining))
        }
        queue.removeFirst(looked)
        if !outgoing.isEmpty, silentSince == nil { silentSince = now }
        return outgoing
    }

    /// The peer said something.
    mutating func heard(now: Instant) {
        wasProbed = false
        silentSince = entries.values.contains { $0.isWritten } ? now : nil
    }

    /// The caller that an answer is for, and the actor it asked; nil if it gave up, or if nobody asked.
    mutating func answered(_ correlation: UInt64) -> (waiter: Waiter, id: ActorID)? {
        // An answer to what never left is a peer's mistake; the ask itself may still leave.
        guard let entry = entries[correlation], entry.isWritten else { return nil }
        entries[correlation] = nil
        return (entry.waiter, entry.ask.id)
    }

    /// The caller's task was cancelled. An ask that did not leave will not.
    mutating func cancelled(_ correlation: UInt64) -> Waiter? {
        entries.removeValue(forKey: correlation)?.waiter
    }

    /// The callers whose time is up.
    mutating func overdue(now: Instant) -> [(waiter: Waiter, failure: LinkFailure)] {
        guard let earliest = earliestDeadline, earliest <= now else { return [] }
        var late: [(waiter: Waiter, failure: LinkFailure)] = []
        var next: Instant?
        for (correlation, entry) in entries {
            if entry.deadline <= now {
                let failure: LinkFailure =
                    entry.isWritten ? .unanswered("time ran out") : .unsent("time ran out")
                late.append((entry.waiter, failure))
                entries[correlation] = nil
            } else {
                next = min(next ?? entry.deadline, entry.deadline)
            }
        }
        earliestDeadline = next
        return late
    }

    mutating func probe(now: Instant) -> Probe {
        guard let since = silentSince else { return .nothing }
        let silence = since.duration(to: now)
        if silence >= policy.silenceLimit { return .giveUp }
        guard silence >= policy.probeAfter, !wasProbed else { return .nothing }
        wasProbed = true
        return .ping
    }

    /// No ask joins any more; those that did not leave never will, and their callers are handed back.
    mutating func retire() -> [Waiter] {
        switch state {
        case .opening, .open: state = .retiring
        case .retiring, .over: return []
        }
        let unsent = entries.filter { !$0.value.isWritten }
        for correlation in unsent.keys { entries[correlation] = nil }
        queue = []
        return unsent.values.map(\.waiter)
    }

    /// The stream ended: every caller, with what is known of its ask.
    mutating func close(_ reason: String) -> [(waiter: Waiter, failure: LinkFailure)] {
        state = .over
        defer {
            entries = [:]
            queue = []
        }
        return entries.values.map { ($0.waiter, $0.isWritten ? .unanswered(reason) : .unsent(reason)) }
    }
}
