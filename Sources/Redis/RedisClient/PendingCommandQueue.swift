internal import DequeModule

/// The commands of one connection that wait for their replies, in order. Redis replies in the order of the
/// commands. Pure: owns no socket, clock or continuation.
///
/// A `Ticket` stands for a caller. It leaves the queue exactly once: with its last reply, or with the end of
/// the connection. The command of a caller that stopped waiting keeps its place, so that no other caller gets its
/// reply.
struct PendingCommandQueue<Ticket, Instant: Comparable> {
    enum State: Equatable {
        /// Commands are accepted. Can become `over`.
        case open
        /// The connection has ended. Terminal: another connection has its own queue.
        case over(DisconnectReason)
    }

    /// The recipient of a reply.
    enum Delivery {
        case to(Ticket)
        /// To nobody: the reply of an optional command.
        case dropped
        /// No command waits for a reply: replies and commands no longer match.
        case unexpected
    }

    /// The result of looking for a command that has waited too long.
    enum TimeoutCheck: Equatable {
        /// No command waits.
        case idle
        /// No command times out before this instant.
        case checkAgain(at: Instant)
        /// The oldest command has timed out: the connection has to be closed.
        case giveUp
    }

    /// A command that was still waiting when the connection ended.
    struct FailedCommand {
        let ticket: Ticket
        let error: RedisError
    }

    private struct Slot {
        let ticket: Ticket
        let deadline: Instant
        /// The number of replies that are still to come.
        var replies: Int32 = 1
        /// The number of commands before these to which only errors are replies.
        var optional: Int32 = 0
    }

    private(set) var state: State = .open
    /// The most commands that may wait.
    let limit: Int
    /// The most bytes that may wait to be sent.
    let unsentByteLimit: Int
    private var slots: Deque<Slot> = []
    /// The number of slots, from the oldest, whose commands were sent.
    private var sentCount = 0
    /// The number of commands that wait, in all slots.
    private(set) var commandCount = 0
    private var unsentBytes = 0

    init(limit: Int, unsentByteLimit: Int) {
        self.limit = limit
        self.unsentByteLimit = unsentByteLimit
    }

    /// True if a command waits to be sent.
    var hasUnsent: Bool { sentCount < slots.count }

    /// True if a command that was sent waits for its reply.
    var expectsReply: Bool { sentCount > 0 }

    /// The deadline of the oldest command; nil if none waits.
    var oldestDeadline: Instant? { slots.first?.deadline }

    /// True if no command waits.
    var isEmpty: Bool { slots.isEmpty }

    /// Queues a command, directly after its `preface` if it has one: a ticket for so many commands.
    ///
    /// - Parameters:
    ///   - commands: the number of commands under the ticket, which leave together; at least 1. The ticket
    ///     gets that many replies.
    ///   - optional: the number of commands before them to which only errors are replies. The commands under the
    ///     ticket have no error then.
    ///   - bytes: the length of all.
    ///   - deadline: the instant by which all must have their replies.
    /// - Returns: the reason why the command is refused; nil if it is queued.
    mutating func submit(
        _ ticket: Ticket,
        after preface: (ticket: Ticket, commands: Int)? = nil,
        commands: Int = 1,
        optional: Int = 0,
        bytes: Int,
        deadline: Instant
    ) -> RedisError? {
        switch state {
        case .over(let end): return end.refusal
        case .open:
            let needed = commands + optional + (preface?.commands ?? 0)
            guard limit - commandCount >= needed, bytes <= unsentByteLimit - unsentBytes else {
                return .overloaded
            }
            if let preface {
                slots.append(
                    Slot(
                        ticket: preface.ticket,
                        deadline: deadline,
                        replies: Int32(clamping: preface.commands)
                    )
                )
            }
            let (replies, optional) = (Int32(clamping: commands), Int32(clamping: optional))
            slots.append(Slot(ticket: ticket, deadline: deadline, replies: replies, optional: optional))
            commandCount += needed
            unsentBytes += bytes
            return nil
        }
    }

    /// Every queued command was handed to the socket.
    mutating func markSent() {
        sentCount = slots.count
        unsentBytes = 0
    }

    /// Takes the oldest command off the queue, for a complete reply that has arrived.
    mutating func reply(isError: Bool = false) -> Delivery {
        guard expectsReply, let slot = slots.first else { return .unexpected }
        if slot.optional > 0 {
            // Any other reply is that of a later command: this one has none.
            let ended = isError ? 1 : slot.optional
            slots[0].optional -= ended
            commandCount -= Int(ended)
            if isError { return .dropped }
        }
        commandCount -= 1
        if slot.replies > 1 {
            slots[0].replies -= 1
        } else {
            slots.removeFirst()
            sentCount -= 1
        }
        return .to(slot.ticket)
    }

    /// Looks for a command that has waited too long.
    func checkTimeout(now: Instant) -> TimeoutCheck {
        guard let oldest = slots.first else { return .idle }
        return oldest.deadline <= now ? .giveUp : .checkAgain(at: oldest.deadline)
    }

    /// The connection has ended.
    ///
    /// - Returns: the commands that were waiting, each with its own error.
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
            commandCount = 0
            unsentBytes = 0
            return failures
        }
    }
}
