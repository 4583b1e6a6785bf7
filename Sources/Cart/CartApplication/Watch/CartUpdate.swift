package import Cart

/// One state of a cart for a watcher to show: its content at one version.
package struct CartUpdate: Equatable, Sendable {
    /// The content of a cart that is or was there.
    package enum Content: Equatable, Sendable {
        /// The committed cart. Nothing follows on one that is merged.
        case cart(CartState)
        /// The cart was deleted. Nothing follows.
        case deleted(at: Timestamp)
    }

    /// The content.
    package let content: Content
    /// The version of the cart.
    package let version: UInt64

    init(_ content: Content, version: UInt64) {
        self.content = content
        self.version = version
    }

    /// True if no other update follows.
    package var isLast: Bool {
        switch content {
        case .cart(.merged), .deleted: true
        case .cart(.none), .cart(.open), .cart(.checkedOut), .cart(.closing), .cart(.deleted): false
        }
    }
}
