package import Cart

/// A cart as it lies in Redis: what we understand of it, and what a newer build wrote beside that.
package struct CartRecord: Hashable, Sendable {
    /// What commands are decided on.
    package internal(set) var cart: CartState
    /// What we carry along unread; nil, which costs a pointer, unless a newer build wrote it.
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
