import ActorRuntime
package import Cart
import CartActor
import Ownership

/// The cart service, neutral of protocol: what every face can ask for. A face reads a request, calls this,
/// and renders the answer or the `Refusal`.
///
/// Everything that is wrong with a request whatever the cart is refused before the cart's owner is asked.
package struct CartApplication<Dispatcher: CartDispatcher>: Sendable {
    /// Has commands decided by the owners of carts.
    package let dispatcher: Dispatcher
    /// The part of it that needs no cart's owner.
    package let rules: CartRules
    /// Limits and promises.
    package var policy: CartAPIPolicy { rules.policy }
    /// Clocks, ids and stores.
    package var dependencies: CartAPIDependencies { rules.dependencies }

    /// - Parameters:
    ///   - dispatcher: has commands decided; called concurrently.
    ///   - policy: limits and promises.
    ///   - dependencies: clocks, ids and stores.
    package init(dispatcher: Dispatcher, policy: CartAPIPolicy, dependencies: CartAPIDependencies) {
        self.dispatcher = dispatcher
        rules = CartRules(policy: policy, dependencies: dependencies)
    }

    /// The instant until which a request that came now may take.
    ///
    /// - Parameter asked: the client's own limit, which counts where it is shorter.
    package func deadline(asked: Duration? = nil) -> ContinuousClock.Instant { rules.deadline(asked: asked) }

    /// The cart as it is.
    package func show(_ id: CartID, _ context: CallContext) async throws(Refusal) -> AcceptedCommand {
        try rules.shown(await answer(.read, of: id, context), context)
    }

    /// The order that a cart is.
    package func order(of id: CartID, _ context: CallContext) async throws(Refusal) -> PlacedOrder {
        let accepted = try await show(id, context)
        guard case .checkedOut(let contents, let order) = accepted.record.cart else {
            var refusal = Refusal(.orderNotFound, "the cart is not checked out")
            refusal.node = accepted.node
            throw refusal
        }
        return PlacedOrder(
            cart: id,
            order: order,
            contents: contents,
            version: accepted.sequence,
            node: accepted.node
        )
    }

    /// Changes a cart.
    ///
    /// - Parameter hasGeneratedID: whether the change creates a cart for which the client gave no id.
    /// - Returns: the cart after the change.
    package func change(
        _ id: CartID,
        by change: CartCommand.Change,
        _ context: CallContext,
        hasGeneratedID: Bool = false
    ) async throws(Refusal) -> AcceptedCommand {
        let checked = try rules.check(change, context, hasGeneratedID: hasGeneratedID)
        func ask(_ expected: UInt64?) async throws(Refusal) -> AcceptedCommand {
            let command = rules.command(checked, expecting: expected)
            let answer = try await answer(command, of: id, context)
            return try rules.accepted(answer, of: change, context)
        }
        if case .known(let expected) = context.expectedVersion(ofCreation: change.isCreation) {
            return try await ask(expected)
        }
        guard context.exclusion == .none else {
            return try await changeUnlessExcluded(id, by: change, context, asking: ask)
        }
        return try await ask(try await versionAfterRead(of: id, for: change, context))
    }

    /// Has a cart take the lines of another, once.
    ///
    /// - Returns: the cart that took them.
    package func merge(_ request: MergeRequest, _ context: CallContext) async throws(Refusal)
        -> AcceptedCommand
    {
        try await requireNotExcluded(request.target, context)
        let merging = MergeCoordinator(
            request,
            context,
            dispatcher: dispatcher,
            now: dependencies.now,
            outcomes: dependencies.outcomes
        )
        do {
            let merged = try await merging.run()
            if merged.reply.replayed != nil { dependencies.outcomes.replayed() }
            return merged
        } catch {
            throw Refusal(error, under: context)
        }
    }

    /// The id of a cart to be created for which the client gave none: under a key the id that the key stands
    /// for, otherwise a fresh one.
    package func generatedID(under key: IdempotencyKey?) throws(RequestError) -> CartID {
        try key?.cartID() ?? dependencies.newID()
    }

    /// An id for an order.
    package func newOrderID() -> OrderID { OrderID(dependencies.newID()) }

    /// The one version for the decider to compare with, which it takes a look at the cart to tell.
    private func versionAfterRead(
        of id: CartID,
        for change: CartCommand.Change,
        _ context: CallContext
    ) async throws(Refusal) -> UInt64? {
        if change.isCreation, context.precondition == .exists {
            return try await versionOfExisting(id, context)
        }
        return try await context.precondition.version { () async throws(Refusal) in
            try await answer(.read, of: id, context).sequence
        }
    }

    private func versionOfExisting(_ id: CartID, _ context: CallContext) async throws(Refusal) -> UInt64 {
        let answer = try await answer(.read, of: id, context)
        switch answer.verdict {
        case .accepted: return answer.sequence
        // Under a key it may be a retry, which the cart knows by itself: it only must not be created now.
        case .rejected where context.key != nil: return .max
        case .rejected: throw .precondition(context, actual: 0)
        }
    }

    /// The answer of the cart's owner.
    func answer(
        _ command: CartCommand,
        of id: CartID,
        _ context: CallContext
    ) async throws(Refusal) -> Answer<CartLogic> {
        do {
            return try await dispatcher.ask(
                ActorID(id.text),
                command,
                deadline: context.deadline,
                trace: context.trace
            )
        } catch {
            throw Refusal(error)
        }
    }
}

/// An order, and the cart that it was made of.
package struct PlacedOrder: Sendable {
    /// The cart's id.
    package let cart: CartID
    /// The order.
    package let order: CartOrder
    /// The ordered lines.
    package let contents: OpenCart
    /// The cart's version, which is not the order's.
    package let version: UInt64
    /// The node that answered.
    package let node: String
}
