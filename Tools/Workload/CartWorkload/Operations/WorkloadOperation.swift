/// One action that a client wants done once. It may take several attempts, at several nodes.
package struct WorkloadOperation: Hashable, Sendable {
    package let id: OperationID
    package let cart: CartName
    package let action: Action
    /// The idempotency key of all its attempts; nil if the client sends none.
    package let key: String?

    package init(_ id: OperationID, _ action: Action, on cart: CartName, key: String? = nil) {
        self.id = id
        self.cart = cart
        self.action = action
        self.key = key
    }
}

extension WorkloadOperation: CustomStringConvertible {
    package var description: String { "\(id) (\(action) in \(cart))" }
}
