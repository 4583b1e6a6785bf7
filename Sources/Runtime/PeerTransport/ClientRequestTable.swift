import ActorRuntime

/// The requests of one connection, from the caller that waits to the response that comes: those that may be sent,
/// those that were sent, and those that are over.
///
/// Pure: time is an argument, and `Waiter` is whatever the shell needs to wake a caller.
struct ClientRequestTable<Waiter> {
    typealias Instant = ContinuousClock.Instant

    enum State: Equatable {
        /// The handshake is under way; requests queue. Can become `open`, `retiring` or `over`.
        case opening
        /// Requests are sent, and responses arrive. Can become `retiring` or `over`.
        case open
        /// No further request is accepted; responses still arrive. Can become `over`.
        case retiring
        /// The connection has ended. Terminal.
        case over
    }

    enum Admission: Equatable {
        /// The request waits to be sent.
        case queued
        /// As many requests as allowed are in flight, or as many bytes as allowed wait. Nothing was sent.
        case full
        /// The connection accepts no more requests. Nothing was sent.
        case closed
    }

    /// A request to send now, with the time that its caller has left.
    struct OutgoingRequest: Equatable {
        let correlation: UInt64
        let request: LinkRequest
        let remaining: Duration
    }

    /// The reaction to a peer's silence.
    enum Probe: Equatable {
        case nothing
        case ping
        case giveUp
    }

    private struct Entry {
        let waiter: Waiter
        let request: LinkRequest
        let deadline: Instant
        var isWritten = false
    }

    private(set) var state = State.opening
    private let policy: LinkPolicy
    private var entries: [UInt64: Entry] = [:]
    /// Correlations of requests that were not written. May contain requests that are over.
    private var queue: [UInt64] = []
    /// The bytes of commands that were not written.
    private var unsentBytes = 0
    /// The number of requests that were written.
    private var written = 0
    /// A lower bound of the entries' deadlines.
    private var earliestDeadline: Instant?
    /// The instant since which a response is due and nothing was heard; nil while none is due.
    private var silentSince: Instant?
    private var wasProbed = false

    init(policy: LinkPolicy) {
        self.policy = policy
    }

    var isEmpty: Bool { entries.isEmpty }

    /// Takes in a request, to be sent by `dequeue`.
    mutating func admit(
        _ request: LinkRequest,
        as correlation: UInt64,
        until deadline: Instant,
        for waiter: Waiter
    ) -> Admission {
        switch state {
        case .opening, .open: break
        case .retiring, .over: return .closed
        }
        guard entries.count < policy.asksPerConnection, unsentBytes < policy.unsentByteLimit else {
            return .full
        }
        if queue.count >= 2 * policy.asksPerConnection {
            queue.removeAll { entries[$0] == nil }
        }
        entries[correlation] = Entry(waiter: waiter, request: request, deadline: deadline)
        queue.append(correlation)
        unsentBytes += request.payloadBytes
        earliestDeadline = min(earliestDeadline ?? deadline, deadline)
        return .queued
    }

    /// The handshake succeeded.
    mutating func open() {
        if state == .opening { state = .open }
    }

    /// The requests of the next message; from here on they count as sent.
    mutating func dequeue(now: Instant) -> [OutgoingRequest] {
        guard state == .open else { return [] }
        var outgoing: [OutgoingRequest] = []
        var bytes = 0
        var looked = 0
        for correlation in queue {
            guard outgoing.count < policy.batchLimit, bytes < policy.batchBytes else { break }
            looked += 1
            guard let index = entries.index(forKey: correlation) else { continue }
            let remaining = now.duration(to: entries.values[index].deadline)
            // Too late for a round trip: it stays unsent, and the next sweep fails it.
            guard remaining >= .milliseconds(1) else { continue }
            entries.values[index].isWritten = true
            let request = entries.values[index].request
            written += 1
            unsentBytes -= request.payloadBytes
            bytes += request.payloadBytes
            outgoing.append(
                OutgoingRequest(correlation: correlation, request: request, remaining: remaining)
            )
        }
        queue.removeFirst(looked)
        if !outgoing.isEmpty, silentSince == nil { silentSince = now }
        return outgoing
    }

    /// The peer sent a sign of life.
    mutating func heard(now: Instant) {
        wasProbed = false
        silentSince = written > 0 ? now : nil
    }

    /// The caller that a response is for, and the actor that it asked; nil if the caller gave up, or if there
    /// was no such request.
    mutating func answered(_ correlation: UInt64) -> (waiter: Waiter, id: ActorID)? {
        // A response to a request that was never sent is the peer's mistake; the request itself may still be
        // sent.
        guard let index = entries.index(forKey: correlation), entries.values[index].isWritten else {
            return nil
        }
        let entry = entries.remove(at: index).value
        written -= 1
        return (entry.waiter, entry.request.id)
    }

    private mutating func remove(_ correlation: UInt64, _ entry: Entry) {
        entries[correlation] = nil
        if entry.isWritten { written -= 1 } else { unsentBytes -= entry.request.payloadBytes }
    }

    /// The callers whose deadline has passed, and what is known of their requests.
    mutating func overdue(now: Instant) -> [(waiter: Waiter, failure: LinkFailure)] {
        guard let earliest = earliestDeadline, earliest <= now else { return [] }
        var late: [(waiter: Waiter, failure: LinkFailure)] = []
        var next: Instant?
        for (correlation, entry) in entries {
            if entry.deadline <= now {
                let failure: LinkFailure =
                    entry.isWritten ? .unanswered("time ran out") : .unsent("time ran out")
                late.append((entry.waiter, failure))
                remove(correlation, entry)
            } else {
                next = min(next ?? entry.deadline, entry.deadline)
            }
        }
        earliestDeadline = next
        return late
    }

    /// The reaction to the peer's silence so far.
    mutating func probe(now: Instant) -> Probe {
        guard let since = silentSince else { return .nothing }
        let silence = since.duration(to: now)
        if silence >= policy.silenceLimit { return .giveUp }
        guard silence >= policy.probeAfter, !wasProbed else { return .nothing }
        wasProbed = true
        return .ping
    }

    /// Accepts no more requests. Those that were not sent never will be.
    ///
    /// - Returns: their callers.
    mutating func retire() -> [Waiter] {
        switch state {
        case .opening, .open: state = .retiring
        case .retiring, .over: return []
        }
        let unsent = entries.filter { !$0.value.isWritten }
        for (correlation, entry) in unsent { remove(correlation, entry) }
        queue = []
        return unsent.values.map(\.waiter)
    }

    /// The connection has ended.
    ///
    /// - Returns: every caller that waited, and what is known of its request.
    mutating func close(_ reason: String) -> [(waiter: Waiter, failure: LinkFailure)] {
        state = .over
        defer {
            entries = [:]
            queue = []
            (written, unsentBytes) = (0, 0)
        }
        return entries.values.map { ($0.waiter, $0.isWritten ? .unanswered(reason) : .unsent(reason)) }
    }
}
