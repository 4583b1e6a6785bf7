/// The ownership of a cart at one moment, as read in the store.
package struct OwnershipFact: Hashable, Sendable {
    /// The number of the cart.
    package let cart: Int
    package let epoch: UInt64
    /// The owner's session; nil if the cart has no owner.
    package let session: String?
    /// The cart's version.
    package let sequence: UInt64
    /// The number of the cart's loss windows that had ended. After one, what Redis lost may be there again,
    /// with an epoch that is lower.
    package var era = 0

    package init(cart: Int, epoch: UInt64, session: String?, sequence: UInt64) {
        self.cart = cart
        self.epoch = epoch
        self.session = session
        self.sequence = sequence
    }
}

extension Violations {
    /// Checks I2 on facts in the order of their observation.
    mutating func check(_ facts: [OwnershipFact]) {
        var last: [Int: OwnershipFact] = [:]
        var owners: [Int: [UInt64: String]] = [:]
        for fact in facts {
            if fact.era != last[fact.cart]?.era { owners[fact.cart] = nil }
            if let before = last[fact.cart], fact.era == before.era, fact.epoch < before.epoch {
                add(
                    Violation(
                        .epochs,
                        cart: fact.cart,
                        "epoch \(fact.epoch) (sequence \(fact.sequence)) after epoch \(before.epoch)"
                            + " (sequence \(before.sequence))"
                    )
                )
            }
            last[fact.cart] = fact
            guard let session = fact.session else { continue }
            if let other = owners[fact.cart]?[fact.epoch], other != session {
                add(
                    Violation(
                        .epochs,
                        cart: fact.cart,
                        "epoch \(fact.epoch) belongs to session \(other) and to session \(session)"
                    )
                )
            }
            owners[fact.cart, default: [:]][fact.epoch] = session
        }
    }
}
