/// All that the clients of a run know together, and want next.
///
/// Clients share what they know of a cart, as the tabs of one browser do, so that they seldom want the same line.
package final class Market: Sendable {
    package let plan: WorkloadPlan
    private let shelves: [Shelf]
    private let draw: CartDraw

    package init(_ plan: WorkloadPlan) {
        self.plan = plan
        shelves = (0..<max(1, plan.carts)).map { _ in Shelf() }
        draw = CartDraw(carts: shelves.count, plan.popularity)
    }

    /// The next thing that a client wants, of a cart that is drawn.
    package func errand(_ id: ErrandID, _ random: inout SplitMix64) -> Errand {
        let cart = draw.draw(&random)
        return errand(id, of: cart, reads: plan.reads, &random)
    }

    /// The next thing that a client wants of this cart.
    ///
    /// - Parameter reads: the share of errands that only look.
    package func errand(_ id: ErrandID, of cart: Int, reads: Double, _ random: inout SplitMix64) -> Errand {
        let name = CartName(cart, prefix: plan.prefix)
        guard random.unit() >= reads else { return Errand(id, name, .look) }
        let key = random.unit() < plan.keyed ? "\(id)" : nil
        return Errand(id, name, shelves[cart].change(id, plan, &random), key: key)
    }

    /// A creation or an addition, for a cart that is to be filled.
    package func filling(_ id: ErrandID, of cart: Int, _ random: inout SplitMix64) -> Errand {
        let action = shelves[cart].filling(id, &random)
        return Errand(id, CartName(cart, prefix: plan.prefix), action, key: plan.keyed > 0 ? "\(id)" : nil)
    }

    /// Learns what came of an errand; nil where the client gave up without a word.
    package func conclude(_ errand: Errand, _ reply: Reply?) {
        shelves[errand.cart.number].conclude(errand.action, reply)
    }
}
