/// One thing that a client wants done once. It may take several attempts, at several nodes.
package struct WorkloadOperation: Hashable, Sendable {
    package let id: OperationID
    package let cart: CartName
    package let action: Action
    /// What makes all attempts one for the cluster; nil where the client sends none.
    package let key: String?

    package init(_ id: OperationID, _ cart: CartName, _ action: Action, key: String? = nil) {
        self.id = id
        self.cart = cart
        self.action = action
        self.key = key
    }
}

extension WorkloadOperation: CustomStringConvertible {
    package var description: String { "\(id) (\(action) in \(cart))" }
}
