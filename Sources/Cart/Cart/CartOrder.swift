/// The name of one order, drawn by whoever asks for the checkout.
package struct OrderID: Hashable, Sendable {
    /// As a cart's id: 1…128 characters of `A-Z a-z 0-9 _ . ~ -`.
    package let text: String

    /// The order with a freshly drawn name.
    package init(_ drawn: CartID) {
        text = drawn.text
    }
}

/// What makes a cart an order: the cart's contents are the order's, and nobody changes them while it stands.
package struct CartOrder: Hashable, Sendable {
    /// Its own name.
    package let id: OrderID
    /// The version of the cart that was ordered, which is the one that the client had seen.
    package let version: UInt64
    /// When it was ordered.
    package let at: Timestamp

    /// An order from its parts.
    package init(id: OrderID, version: UInt64, at: Timestamp) {
        self.id = id
        self.version = version
        self.at = at
    }
}
