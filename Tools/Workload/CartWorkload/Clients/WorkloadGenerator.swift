package import SeededRandom

/// Chooses the operations of a run, from a plan and from what its clients know of the carts.
///
/// Clients share their knowledge of a cart, as the tabs of one browser do, so that they seldom choose the
/// same line.
package final class WorkloadGenerator: Sendable {
    package let plan: WorkloadPlan
    private let models: [CartModel]
    private let sampler: CartSampler

    package init(_ plan: WorkloadPlan) {
        self.plan = plan
        models = (0..<max(1, plan.carts)).map { _ in CartModel() }
        sampler = CartSampler(carts: models.count, plan.popularity)
    }

    /// The next operation of a client, on a random cart.
    package func operation(_ id: OperationID, _ random: inout SplitMix64) -> WorkloadOperation {
        let cart = sampler.sample(&random)
        return operation(id, on: cart, reads: plan.reads, &random)
    }

    /// The next operation of a client on this cart.
    ///
    /// - Parameter reads: the share of reads, from 0 to 1.
    package func operation(
        _ id: OperationID,
        on cart: Int,
        reads: Double,
        _ random: inout SplitMix64
    ) -> WorkloadOperation {
        let name = CartName(cart, prefix: plan.prefix)
        guard random.unit() >= reads else { return WorkloadOperation(id, .read, on: name) }
        if plan.repeats > 0, random.unit() < plan.repeats,
            let repeated = models[cart].repetition(id, on: name, &random)
        {
            return repeated
        }
        let key = random.unit() < plan.keyed ? "\(id)" : nil
        let change = models[cart].change(id, on: name, plan: plan, &random)
        let isConditional = plan.conditional > 0 && random.unit() < plan.conditional
        return WorkloadOperation(
            id,
            change.action,
            on: change.cart,
            key: key,
            expected: isConditional ? change.expected : nil
        )
    }

    /// A creation or an addition, for a cart that is being filled.
    package func filling(_ id: OperationID, on cart: Int, _ random: inout SplitMix64) -> WorkloadOperation {
        let action = models[cart].filling(id, &random)
        return WorkloadOperation(
            id,
            action,
            on: CartName(cart, prefix: plan.prefix),
            key: plan.keyed > 0 ? "\(id)" : nil
        )
    }

    /// Records the result of an operation; nil if the client gave up without one.
    package func conclude(_ operation: WorkloadOperation, _ reply: AttemptResult?) {
        models[operation.cart.number].conclude(operation, reply)
        guard case .merge(let source, let id) = operation.action else { return }
        models[source.number].concludeMerge(id, into: operation.cart, reply)
    }
}
