package import ActorRuntime
package import CartActor

/// A command that was accepted.
package struct AcceptedCommand: Sendable {
    /// The effect, now or when the command came first.
    package let reply: CartReply
    /// The cart after it, possibly with others' changes of the same moment.
    package let record: CartRecord
    /// The cart's version after it.
    package let sequence: UInt64
    /// The node that decided.
    package let node: String

    /// - Parameters:
    ///   - reply: the answer's effect.
    ///   - record: the answer's cart.
    package init(_ reply: CartReply, _ record: CartRecord, of answer: Answer<CartLogic>) {
        self.reply = reply
        self.record = record
        sequence = answer.sequence
        node = answer.node
    }
}
