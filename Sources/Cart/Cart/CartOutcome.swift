/// What an accepted command came to: the reply, once it is committed.
package struct CartOutcome: Hashable, Sendable {
    /// What the command did.
    package let effect: Effect
    /// The version that it was committed as, if it was applied before and not now; `effect` is the effect of then.
    package let replayed: UInt64?

    /// An outcome from its parts.
    package init(effect: Effect, replayed: UInt64? = nil) {
        self.effect = effect
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
        /// Other things are said of the cart.
        case detailsChanged
        /// One of this line has another price.
        case priceChanged(LineID)
        /// So much as there was of it is out.
        case takenOut
        /// Each action did this, in their order.
        case actions(ActionEffects)
        /// The cart is an order (HTTP 201).
        case checkedOut
        /// The order is undone.
        case checkoutCancelled
        /// The other cart's lines are in.
        case merged
        /// The merge will not come about.
        case mergeDeclined
        /// The cart is closed for a merge.
        case handedOver
        /// The cart is a pointer to where its lines went.
        case handOverFinished
        /// The cart is open again, as nobody took its lines.
        case handOverUndone
    }
}

/// What each action of a batch did, in their order.
///
/// A class, so that an effect, of which every cart keeps many, has no more than a pointer for it.
package final class ActionEffects: Hashable, Sendable {
    /// One per action; none is a batch itself.
    package let effects: [CartOutcome.Effect]

    /// The effects of these actions.
    package init(_ effects: [CartOutcome.Effect]) {
        self.effects = effects
    }

    /// Equal contents.
    package static func == (a: ActionEffects, b: ActionEffects) -> Bool {
        a === b || a.effects == b.effects
    }

    /// By the contents.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(effects)
    }
}

/// The answer of the domain to a command.
package enum CartDecision: Hashable, Sendable {
    /// Yes: these events make it so (none: nothing to commit), and this is the reply.
    case accept([CartEvent], CartOutcome)
    /// No, and nothing changes.
    case reject(CartRejection)
}
