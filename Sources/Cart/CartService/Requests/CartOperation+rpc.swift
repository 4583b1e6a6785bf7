package import Cart

extension CartOperation {
    /// The operation that a change is under a key: the same as the same change over HTTP is.
    ///
    /// - Parameters:
    ///   - expected: the one version that the client demands.
    ///   - hasGeneratedID: whether it is a creation that named no cart.
    package init(
        _ key: IdempotencyKey,
        _ change: CartCommand.Change,
        expected: UInt64?,
        hasGeneratedID: Bool
    ) {
        let ifMatch = expected.map { IfMatch.versions([$0], field: "") } ?? .absent
        self.init(key, change, ifMatch, hasGeneratedID: hasGeneratedID)
    }
}

extension IdempotencyKey {
    /// The id of the cart that a creation under this key makes which names none; nil where the key is easy to guess.
    package var generatedCart: CartID? {
        do {
            return try cartID()
        } catch {
            return nil
        }
    }
}
