package import ActorRuntime
package import CartActor

/// A command that was accepted.
package struct AcceptedCommand: Sendable {
    /// What it did.
    package let reply: CartReply
    /// The cart after it, possibly with others' changes of the same moment.
    package let record: CartRecord
    /// The cart's version after it.
    package let sequence: UInt64
    /// The node that decided.
    package let node: String

    /// What an answer says of the cart, beside what it did.
    package init(_ reply: CartReply, _ record: CartRecord, _ answer: Answer<CartLogic>) {
        self.reply = reply
        self.record = record
        sequence = answer.sequence
        node = answer.node
    }
}
