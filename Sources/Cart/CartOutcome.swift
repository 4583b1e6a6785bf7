/// What an accepted command came to: the reply, once it is committed.
package struct CartOutcome: Hashable, Sendable {
    /// What the command did.
    package let effect: Effect
    /// The cart after it. Never `none`.
    package let state: CartState
    /// The version that it was committed as, if it was applied before and not now: `effect` tells of then, `state` of now.
    package let replayed: UInt64?

    /// An outcome from its parts.
    package init(effect: Effect, state: CartState, replayed: UInt64? = nil) {
        self.effect = effect
        self.state = state
        self.replayed = replayed
    }

    /// What a command did to the cart.
    package enum Effect: Hashable, Sendable {
        /// Nothing: it was a read.
        case read
        /// The cart came into being (HTTP 201).
        case created
        /// The cart to be created was there, and is as it was (HTTP 200).
        case existed
        /// This new line is in the cart.
        case lineAdded(LineID)
        /// The item was added to this line's quantity.
        case lineIncreased(LineID)
        /// This line has another quantity.
        case quantityChanged(LineID)
        /// This line is out, whether by `removeLine` or by quantity 0.
        case lineRemoved(LineID)
        /// All lines are out.
        case cleared
        /// The cart is gone.
        case deleted
        /// The cart was what the command wanted before it came: no events but that of its
        /// operation, if it has one.
        case unchanged
    }
}

/// The answer of the domain to a command.
package enum CartDecision: Hashable, Sendable {
    /// Yes: these events make it so (none: nothing to commit), and this is the reply.
    case accept([CartEvent], CartOutcome)
    /// No, and nothing changes.
    case reject(CartRejection)
}
