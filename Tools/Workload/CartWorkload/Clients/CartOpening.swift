/// A sequence of operations that adds a line to a cart, whatever phase the cart is in: it creates a cart that
/// is missing or deleted, cancels an order, and completes a merge and deletes what is left.
package struct CartOpening: Sendable {
    private let cart: CartName
    /// The last refusal of an operation on the cart; nil once something was done.
    private var refusal: AttemptResult.Rejection?
    private var isMergeNext = false

    package init(_ cart: CartName) {
        self.cart = cart
    }

    /// The next operation.
    package func operation(_ id: OperationID, key: String? = nil) -> WorkloadOperation {
        switch refusal {
        case .cartMissing, .cartDeleted:
            return WorkloadOperation(id, .create, on: cart, key: key)
        case .ordered:
            return WorkloadOperation(id, .cancelCheckout, on: cart, key: key)
        case .merged(let pointer):
            guard isMergeNext, let pointer, let target = cart.sibling(named: pointer.target) else {
                return WorkloadOperation(id, .delete, on: cart, key: key)
            }
            return WorkloadOperation(id, .merge(from: cart, id: pointer.id), on: target, key: key)
        case nil, .lineMissing, .full, .empty, .mergeUnsettled, .source, .versionMismatch, .keyReused, .other:
            return WorkloadOperation(id, .add(Article(id), quantity: 8), on: cart, key: key)
        }
    }

    /// Takes the result of an attempt into account.
    ///
    /// - Returns: true if the line was added.
    package mutating func conclude(_ operation: WorkloadOperation, _ reply: AttemptResult) -> Bool {
        switch (operation.action, reply.outcome) {
        case (.add, .done):
            return true
        case (.merge, .done), (.merge, .rejected):
            // The cart can be deleted now, unless the merge was called off.
            isMergeNext = false
        case (_, .done):
            refusal = nil
        case (_, .rejected(let reason)):
            // Only a complete merge lets the cart be deleted.
            isMergeNext = operation.action == .delete
            refusal = reason
        case (_, .notApplied), (_, .unknown):
            break
        }
        return false
    }
}
