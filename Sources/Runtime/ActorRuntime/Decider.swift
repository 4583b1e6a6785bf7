/// The pure business logic of one kind of actor: commands are decided, events are applied.
///
/// No clock, no randomness, no I/O: what a command needs of them it carries. The runtime decides commands one
/// by one against a state that may not be committed yet, and throws that state away if the commit does not
/// come about.
package protocol Decider: Sendable {
    associatedtype State: Sendable
    associatedtype Command: Sendable
    associatedtype Event: Sendable
    /// The answer to an accepted command, beyond the state that it led to.
    associatedtype Outcome: Sendable
    /// The domain saying no.
    associatedtype Rejection: Sendable

    /// The state of an actor that does not exist.
    var initial: State { get }

    /// The time after its last use at which an actor in this state may be forgotten; nil for the store's own
    /// time.
    func retention(of state: State) -> Duration?

    /// True if the command never leads to events. Reads are answered from the committed state, past the
    /// mailbox.
    func isRead(_ command: Command) -> Bool

    /// The version that the asker of a read has heard of; nil for none. An activation that is committing it
    /// answers the read once that commit is done, rather than from the version before. Asked of reads alone.
    func announcedVersion(in command: Command) -> UInt64?

    /// True if the command may lead to events on the initial state. A hint that saves a round trip: a command
    /// that does so without having said it is served all the same.
    func mayCreate(_ command: Command) -> Bool

    /// Decides the command on a state.
    ///
    /// - Parameters:
    ///   - sequence: the state's version; `next` where the state is tentative, 0 before the first commit.
    ///   - next: the version that the command's events are committed as: one more than the committed version,
    ///     or the first of an actor without a commit, which may be any above 0.
    func decide(
        _ command: Command,
        on state: State,
        sequence: UInt64,
        next: UInt64
    ) -> Decision<Event, Outcome, Rejection>

    /// True if the state after a commit holds less than the one before and nothing new, apart from what the
    /// actor remembers of its commands. A store without room takes such a commit, so it must not be possible
    /// to make an actor grow by many of them.
    static func isReduction(from before: State, to after: State) -> Bool

    /// True if nothing of the actor's past may stay in the store once these events are committed, beyond the
    /// state that they lead to.
    func endsHistory(_ events: [Event]) -> Bool

    /// Applies an event that was decided on this very state, or on an equal one in another process.
    func evolve(_ state: inout State, with event: Event)
}

extension Decider {
    /// Every actor is kept as long as any other.
    package func retention(of state: State) -> Duration? { nil }

    /// No commit is known to need less room.
    package static func isReduction(from before: State, to after: State) -> Bool { false }

    /// The past stays as long as its strategy keeps it.
    package func endsHistory(_ events: [Event]) -> Bool { false }

    /// No read waits for a version.
    package func announcedVersion(in command: Command) -> UInt64? { nil }
}

/// A decider's answer to a command.
package enum Decision<Event: Sendable, Outcome: Sendable, Rejection: Sendable>: Sendable {
    /// Apply the events (none: nothing changes, nothing is written) and answer the outcome.
    case accept([Event], Outcome)
    case reject(Rejection)
}
