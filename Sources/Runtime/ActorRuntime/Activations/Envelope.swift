import Ownership

/// One command that waits in an activation, with the promise of its answer.
struct Envelope<D: Decider> {
    /// Its place among all that came to this activation.
    let number: UInt64
    let command: D.Command
    let deadline: ContinuousClock.Instant
    let reply: ReplyPromise<D>
}

/// An activation's answer to a command.
enum HandlingResult<D: Decider>: Sendable {
    case answer(Answer<D>)
    case failure(HostFailure)
    /// Another session owns the actor. Nothing was applied.
    case elsewhere(SessionID)
    /// Nobody owns the actor, and this node takes none now. Nothing was applied.
    case unowned
    /// The activation is gone; ask the host again. Nothing was applied.
    case gone
}
