/// One action that a client wants done once. It may take several attempts, at several nodes.
package struct WorkloadOperation: Hashable, Sendable {
    package let id: OperationID
    package let cart: CartName
    package let action: Action
    /// The idempotency key of all its attempts; nil if the client sends none.
    package let key: String?
    /// The only version at which the cart may accept it; nil for any.
    package let expected: UInt64?
    /// The acknowledged operation to which the key belongs, if it is not this one: the cart must refuse.
    package let reused: OperationID?

    package init(
        _ id: OperationID,
        _ action: Action,
        on cart: CartName,
        key: String? = nil,
        expected: UInt64? = nil,
        reused: OperationID? = nil
    ) {
        self.id = id
        self.cart = cart
        self.action = action
        self.key = key
        self.expected = expected
        self.reused = reused
    }
}

extension WorkloadOperation {
    /// The carts that it reads or changes.
    package var carts: [CartName] {
        if case .merge(let source, _) = action { [cart, source] } else { [cart] }
    }
}

extension WorkloadOperation: CustomStringConvertible {
    package var description: String {
        let condition = expected.map { " if at version \($0)" } ?? ""
        let reuse = reused.map { " under the key of \($0)" } ?? ""
        return "\(id) (\(action) in \(cart)\(condition)\(reuse))"
    }
}
