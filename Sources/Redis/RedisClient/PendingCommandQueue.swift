internal import DequeModule

/// Which commands of one connection wait for which replies: Redis answers in the order in which it was asked, so the order
/// of asking is all there is to know. Decides; owns no socket, clock or continuation.
///
/// A `Ticket` stands for whoever waits. It leaves exactly once: with its reply, or with the end of the connection. A caller
/// that stopped waiting keeps its place, so that its reply is never lent to another.
struct PendingCommandQueue<Ticket, Instant: Comparable> {
    enum State: Equatable {
        /// Commands may enter. Can become `over`.
        case open
        /// The connection ended. Terminal: another connection is another machine.
        case over(DisconnectReason)
    }

    /// What became of a command that wanted to enter.
    enum Admission: Equatable {
        /// It has its place. `wake`: nothing was waiting to be sent before it, so the socket's owner must be told.
        case admitted(wake: Bool)
        case refused(RedisError)
    }

    /// Whose a reply is.
    enum Delivery {
        case to(Ticket)
        /// Nobody asked: the replies no longer match the commands.
        case unexpected
    }

    /// What the clock has to say.
    enum TimeoutCheck: Equatable {
        /// Nothing waits.
        case idle
        /// Nothing is due before then.
        case checkAgain(at: Instant)
        /// The oldest command waited too long: the connection is given up.
        case giveUp
    }

    /// One that waits when the connection ends.
    struct FailedCommand {
        let ticket: Ticket
        let error: RedisError
    }

    private struct Slot {
        let ticket: Ticket
        let deadline: Instant
    }

    private(set) var state: State = .open
    /// The most commands that may wait.
    let limit: Int
    /// The most bytes that may wait to be sent.
    let unsentByteLimit: Int
    private var slots: Deque<Slot> = []
    /// How many of the slots, from the oldest, are on their way.
    private var sentCount = 0
    private var unsentBytes = 0

    init(limit: Int, unsentByteLimit: Int) {
        self.limit = limit
        self.unsentByteLimit = unsentByteLimit
    }

    /// Whether something waits to be sent.
    var hasUnsent: Bool { sentCount < slots.count }

    /// Whether a reply is expected.
    var expectsReply: Bool { sentCount > 0 }

    /// Whether anyone waits at all.
    var isEmpty: Bool { slots.isEmpty }

    /// A command, right after its `preface` if it has one, `bytes` in all, to be answered before `deadline`.
    mutating func submit(
        _ ticket: Ticket,
        after preface: Ticket? = nil,
        bytes: Int,
        deadline: Instant
    ) -> Admission {
        switch state {
        case .over(let end): return .refused(end.refusal)
        case .open:
            let room = limit - slots.count
            guard room >= (preface == nil ? 1 : 2), bytes <= unsentByteLimit - unsentBytes else {
                return .refused(.overloaded)
            }
            let wake = !hasUnsent
            if let preface { slots.append(Slot(ticket: preface, deadline: deadline)) }
            slots.append(Slot(ticket: ticket, deadline: deadline))
            unsentBytes += bytes
            return .admitted(wake: wake)
        }
    }

    /// Everything that waited to be sent goes to the socket now.
    mutating func markSent() {
        sentCount = slots.count
        unsentBytes = 0
    }

    /// A whole reply came.
    mutating func reply() -> Delivery {
        guard expectsReply, let slot = slots.popFirst() else { return .unexpected }
        sentCount -= 1
        return .to(slot.ticket)
    }

    /// It is `now`.
    func checkTimeout(now: Instant) -> TimeoutCheck {
        guard let oldest = slots.first else { return .idle }
        return oldest.deadline <= now ? .giveUp : .checkAgain(at: oldest.deadline)
    }

    /// The connection ended. Whoever waits is let go, each with what is true of its own command.
    mutating func end(_ end: DisconnectReason, now: Instant) -> [FailedCommand] {
        switch state {
        case .over: return []
        case .open:
            state = .over(end)
            let failures = slots.enumerated().map { place, slot in
                let isSent = place < sentCount
                let isLate = end == .silence && slot.deadline <= now
                let error = isLate ? .timedOut(sent: isSent) : isSent ? end.loss : end.refusal
                return FailedCommand(ticket: slot.ticket, error: error)
            }
            slots = []
            sentCount = 0
            unsentBytes = 0
            return failures
        }
    }
}
