package import Cart

/// A cart as it is stored: the part that this build understands, and fields that a newer build wrote.
package struct CartRecord: Hashable, Sendable {
    /// The state that commands are decided on.
    package internal(set) var cart: CartState
    /// Fields carried along unread; nil, at the cost of a pointer, unless a newer build wrote some.
    var unknown: UnknownFields?

    /// A cart without anything unknown.
    package init(cart: CartState) {
        self.cart = cart
    }

    init(cart: CartState, unknown: UnknownFields?) {
        self.cart = cart
        self.unknown = unknown
    }
}
