/// The outcome of an accepted command: the reply, once it is committed.
package struct CartOutcome: Hashable, Sendable {
    /// The effect of the command.
    package let effect: Effect
    /// The version that it was committed as, if it was applied before and not now; `effect` is then the first
    /// one. Nil otherwise.
    package let replayed: UInt64?

    /// An outcome from its parts.
    package init(effect: Effect, replayed: UInt64? = nil) {
        self.effect = effect
        self.replayed = replayed
    }

    /// The effect of a command on the cart.
    package enum Effect: Hashable, Sendable {
        /// None: a read.
        case read
        /// The cart was created.
        case created
        /// The cart to be created existed, and is as it was.
        case existed
        /// This line was added.
        case lineAdded(LineID)
        /// The item was added to this line's quantity.
        case lineIncreased(LineID)
        /// This line has another quantity.
        case quantityChanged(LineID)
        /// This line was removed, by `removeLine` or by quantity 0.
        case lineRemoved(LineID)
        /// All lines were removed.
        case cleared
        /// The cart was deleted.
        case deleted
        /// The cart was as the command wants it before: no events but that of its operation, if it has one.
        case unchanged
        /// The cart's details changed.
        case detailsChanged
        /// This line has another unit price.
        case priceChanged(LineID)
        /// The cart has another currency.
        case currencyChanged
        /// The lines were reduced by as much as there was of them.
        case takenOut
        /// The effects of the actions, in their order.
        case actions(ActionEffects)
        /// The cart was ordered.
        case checkedOut
        /// The order was cancelled.
        case checkoutCancelled
        /// The other cart's lines were taken.
        case merged
        /// The merge will never happen.
        case mergeDeclined
        /// The cart was closed for a merge.
        case handedOver
        /// The cart is only a pointer to the cart that took its lines.
        case handOverFinished
        /// The cart is open again, because no cart took its lines.
        case handOverUndone
    }
}

/// The effects of the actions of a batch, in their order.
///
/// A class, so that an effect, of which every cart keeps many, needs only a pointer for it.
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
    /// Accepted: these events make the change (none: nothing to commit), and this is the reply.
    case accept([CartEvent], CartOutcome)
    /// Refused, and nothing changes.
    case reject(CartRejection)
}
