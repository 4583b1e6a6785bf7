package import SeededRandom

/// All that the clients of a run know together, and want next.
///
/// Clients share what they know of a cart, as the tabs of one browser do, so that they seldom want the same line.
package final class WorkloadGenerator: Sendable {
    package let plan: WorkloadPlan
    private let models: [CartModel]
    private let draw: CartSampler

    package init(_ plan: WorkloadPlan) {
        self.plan = plan
        models = (0..<max(1, plan.carts)).map { _ in CartModel() }
        draw = CartSampler(carts: models.count, plan.popularity)
    }

    /// The next thing that a client wants, of a cart that is drawn.
    package func operation(_ id: OperationID, _ random: inout SplitMix64) -> WorkloadOperation {
        let cart = draw.sample(&random)
        return operation(id, of: cart, reads: plan.reads, &random)
    }

    /// The next thing that a client wants of this cart.
    ///
    /// - Parameter reads: the share of operations that only look.
    package func operation(_ id: OperationID, of cart: Int, reads: Double, _ random: inout SplitMix64)
        -> WorkloadOperation
    {
        let name = CartName(cart, prefix: plan.prefix)
        guard random.unit() >= reads else { return WorkloadOperation(id, name, .read) }
        let key = random.unit() < plan.keyed ? "\(id)" : nil
        return WorkloadOperation(id, name, models[cart].change(id, plan, &random), key: key)
    }

    /// A creation or an addition, for a cart that is to be filled.
    package func filling(_ id: OperationID, of cart: Int, _ random: inout SplitMix64) -> WorkloadOperation {
        let action = models[cart].filling(id, &random)
        return WorkloadOperation(
            id,
            CartName(cart, prefix: plan.prefix),
            action,
            key: plan.keyed > 0 ? "\(id)" : nil
        )
    }

    /// Learns what came of an operation; nil where the client gave up without a word.
    package func conclude(_ operation: WorkloadOperation, _ reply: AttemptResult?) {
        models[operation.cart.number].conclude(operation.action, reply)
    }
}
