package import Cart

extension CartApplication {
    /// Begins to watch a cart.
    ///
    /// - Parameter seen: the version that the client has; nil for none.
    package func watch(
        _ id: CartID,
        _ context: CallContext,
        seen: UInt64?
    ) throws(WatchFailure) -> CartWatch<Dispatcher> {
        try CartWatch(of: id, by: self, context, seen: seen)
    }
}
