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
    /// Limits and promises.
    package let policy: CartAPIPolicy
    /// Clocks, ids and stores.
    package let dependencies: CartAPIDependencies

    /// - Parameters:
    ///   - dispatcher: has commands decided; called concurrently.
    ///   - policy: limits and promises.
    ///   - dependencies: clocks, ids and stores.
    package init(dispatcher: Dispatcher, policy: CartAPIPolicy, dependencies: CartAPIDependencies) {
        self.dispatcher = dispatcher
        self.policy = policy
        self.dependencies = dependencies
    }

    /// The instant until which a request that came now may take.
    ///
    /// - Parameter asked: the client's own limit, which counts where it is shorter.
    package func deadline(asked: Duration? = nil) -> ContinuousClock.Instant {
        let patience = policy.requestDeadline
        return dependencies.instant().advanced(by: min(patience, asked ?? patience))
    }

    /// The cart as it is.
    package func show(_ id: CartID, _ context: CallContext) async throws(Refusal) -> AcceptedCommand {
        let accepted = try await ask(.read, of: id, context)
        guard context.precondition.admits(accepted.sequence) else {
            throw .precondition(context, actual: accepted.sequence)
        }
        return accepted
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
        if needsTrust(change) { try requireTrust(context) }
        try validate(change, under: context.precondition)
        let operation = context.key.map { CartOperation($0, change, hasGeneratedID: hasGeneratedID) }
        func ask(_ expected: UInt64?) async throws(Refusal) -> AcceptedCommand {
            let now = dependencies.now()
            let command = CartCommand.change(change, at: now, expected: expected, operation: operation)
            return try await self.ask(command, of: id, context)
        }
        guard context.exclusion == .none else {
            return try await changeUnlessExcluded(id, by: change, context, asking: ask)
        }
        return try await ask(try await expectedVersion(of: id, for: change, context))
    }

    /// Has a cart take the lines of another, once.
    ///
    /// - Returns: the cart that took them.
    package func merge(_ request: MergeRequest, _ context: CallContext) async throws(Refusal)
        -> AcceptedCommand
    {
        try await requireNotExcluded(request.target, context)
        let merging = MergeCoordinator(request, context, dispatcher: dispatcher, now: dependencies.now)
        do {
            return try await merging.run()
        } catch {
            throw Refusal(error, under: context)
        }
    }

    /// True for a change that only callers may make whom the shop trusts.
    private func needsTrust(_ change: CartCommand.Change) -> Bool {
        switch change {
        case .setPrice: true
        case .addLine: policy.restrictsAdding
        case .actions(let changes): changes.contains { needsTrust($0) }
        case .create, .setQuantity, .removeLine, .clear, .delete, .setDetails, .takeOut, .setCurrency,
            .checkOut, .cancelCheckout, .handOver, .takeOver, .finishHandOver, .declineMerge, .undoHandOver:
            false
        }
    }

    /// Lets only those callers pass that may name the price of a line that they add: all, unless the shop
    /// restricts it.
    package func requireTrustToAdd(_ context: CallContext) throws(Refusal) {
        if policy.restrictsAdding { try requireTrust(context) }
    }

    /// Lets only those callers pass that the shop trusts.
    package func requireTrust(_ context: CallContext) throws(Refusal) {
        guard let trusted = policy.trusted else { throw Refusal(RequestError.untrusted) }
        guard trusted.isShown(in: context.authorization) else { throw Refusal(RequestError.unauthenticated) }
    }

    /// The id of a cart to be created for which the client gave none: under a key the id that the key stands
    /// for, otherwise a fresh one.
    package func generatedID(under key: IdempotencyKey?) throws(RequestError) -> CartID {
        try key?.cartID() ?? dependencies.newID()
    }

    /// An id for an order.
    package func newOrderID() -> OrderID { OrderID(dependencies.newID()) }

    /// Refuses a change that no cart could accept.
    func validate(_ change: CartCommand.Change, under precondition: Precondition = .any) throws(Refusal) {
        do {
            try change.validate(policy.limits, namesVersion: precondition.namesVersions)
        } catch {
            throw Refusal(error, of: change)
        }
    }

    /// The one version for the decider to compare with, as it knows no lists.
    private func expectedVersion(
        of id: CartID,
        for change: CartCommand.Change,
        _ context: CallContext
    ) async throws(Refusal) -> UInt64? {
        // All but a creation are refused anyway where there is no cart.
        if case .create = change, context.precondition == .exists {
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

    private func ask(
        _ command: CartCommand,
        of id: CartID,
        _ context: CallContext
    ) async throws(Refusal) -> AcceptedCommand {
        let answer = try await answer(command, of: id, context)
        switch answer.verdict {
        case .accepted(let reply, let record):
            return AcceptedCommand(reply, record, of: answer)
        case .rejected(let rejection):
            var refusal = Refusal(rejection, of: command.change, under: context)
            refusal.node = answer.node
            throw refusal
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
