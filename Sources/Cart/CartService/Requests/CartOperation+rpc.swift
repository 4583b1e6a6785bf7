package import Cart

extension CartOperation {
    /// The operation that a change is under a key: the same as the same change over HTTP is.
    ///
    /// - Parameters:
    ///   - expected: the one version that the client demands.
    ///   - isDrawn: whether it is a creation that named no cart.
    package init(
        _ key: IdempotencyKey,
        _ change: CartCommand.Change,
        expected: UInt64?,
        isDrawn: Bool
    ) {
        let demand = expected.map { IfMatch.versions([$0], field: "") } ?? .absent
        self.init(key, change, demand, isDrawn: isDrawn)
    }
}

extension IdempotencyKey {
    /// The id of the cart that a creation under this key makes which names none; nil where the key is easy to guess.
    package var drawnCart: CartID? {
        do {
            return try cartID()
        } catch {
            return nil
        }
    }
}
