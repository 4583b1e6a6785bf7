package import ActorRuntime
package import Cart
package import CartActor

// On the hot path of the HTTP face, guarded by GET and ADD of `Benchmarks/measure`: nothing here suspends.

/// The part of the service that needs no cart's owner: tells what is wrong with a request whatever the cart,
/// makes the command that it is, and reads the owner's answer.
///
/// Whoever has the command decided, in a task or on an event loop, uses the same rules. A class, as nobody who
/// passes them on shall copy what they hold.
package final class CartRules: Sendable {
    /// Limits and promises.
    package let policy: CartAPIPolicy
    /// Clocks, ids and stores.
    package let dependencies: CartAPIDependencies

    /// - Parameters:
    ///   - policy: limits and promises.
    ///   - dependencies: clocks, ids and stores.
    package init(policy: CartAPIPolicy, dependencies: CartAPIDependencies) {
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

    /// A change that some cart could accept, and that the caller may make.
    package struct CheckedChange: Sendable {
        /// The change.
        package let change: CartCommand.Change
        /// The client's name for it; nil for none.
        fileprivate let operation: CartOperation?
    }

    /// Refuses a change that the caller may not make, or that no cart could accept.
    ///
    /// - Parameter hasGeneratedID: whether the change creates a cart for which the client gave no id.
    package func check(
        _ change: CartCommand.Change,
        _ context: CallContext,
        hasGeneratedID: Bool = false
    ) throws(Refusal) -> CheckedChange {
        if needsTrust(change) { try requireTrust(context) }
        try validate(change, under: context.precondition)
        let operation = context.key.map { CartOperation($0, change, hasGeneratedID: hasGeneratedID) }
        return CheckedChange(change: change, operation: operation)
    }

    /// The command that makes the change now.
    ///
    /// - Parameter expected: the version at which it is to be made; nil for any.
    package func command(_ checked: CheckedChange, expecting expected: UInt64?) -> CartCommand {
        .change(checked.change, at: dependencies.now(), expected: expected, operation: checked.operation)
    }

    /// The owner's answer to a change, or to a read.
    ///
    /// - Parameter change: the change that was asked for; nil for a read.
    package func accepted(
        _ answer: Answer<CartLogic>,
        of change: CartCommand.Change?,
        _ context: CallContext
    ) throws(Refusal) -> AcceptedCommand {
        switch answer.verdict {
        case .accepted(let reply, let record):
            if reply.replayed != nil { dependencies.outcomes.replayed() }
            return AcceptedCommand(reply, record, of: answer)
        case .rejected(let rejection):
            var refusal = Refusal(rejection, of: change, under: context)
            refusal.node = answer.node
            throw refusal
        }
    }

    /// The owner's answer to a read of a cart that the client requires to be in a certain state.
    package func shown(_ answer: Answer<CartLogic>, _ context: CallContext) throws(Refusal) -> AcceptedCommand
    {
        let accepted = try accepted(answer, of: nil, context)
        guard context.precondition.admits(accepted.sequence) else {
            throw .precondition(context, actual: accepted.sequence)
        }
        return accepted
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

    /// Refuses a change that no cart could accept.
    func validate(_ change: CartCommand.Change, under precondition: Precondition = .any) throws(Refusal) {
        do {
            try change.validate(policy.limits, namesVersion: precondition.namesVersions)
        } catch {
            throw Refusal(error, of: change)
        }
    }
}

extension CartCommand.Change {
    /// True for a change that creates a cart.
    var isCreation: Bool {
        if case .create = self { true } else { false }
    }
}
