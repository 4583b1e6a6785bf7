package import Cart

/// Whose words the ids of a cart are: each protocol of another shop has carts of its own, which no other protocol reaches.
package enum CartNamespace: String, Sendable, CaseIterable {
    /// Online Boutique.
    case hipstershop
    /// The OpenTelemetry demo.
    case oteldemo
    /// The AWS retail store.
    case retail

    private static let users = EscapedText(sign: "~")
    private static let products = EscapedText(sign: "+")

    /// What prices are counted in where the protocol does not say: all three shops' catalogues are in dollars.
    static let currency = Currency(stored: "USD")

    /// The cart of a user, who may be called anything.
    ///
    /// - Throws: `Refusal` for the cart's id: it is empty, or longer than ids are once it is escaped.
    package func cart(of user: String) throws(Refusal) -> CartID {
        guard !user.isEmpty else { throw Refusal(.invalid(.cartID, .empty)) }
        // The two signs around the name of the space.
        let room = CartID.maximumLength - rawValue.utf8.count - 2
        guard let name = Self.users.escape(user, maximum: room) else { throw Self.tooLong(.cartID, room) }
        do {
            return try CartID(space: rawValue, name: name)
        } catch {
            throw Refusal(error)
        }
    }

    /// What the domain calls a product.
    ///
    /// - Throws: `Refusal` for the SKU: it is empty, or longer than those are once it is escaped.
    static func sku(of product: String, _ limits: CartLimits) throws(Refusal) -> String {
        guard !product.isEmpty else { throw Refusal(.invalid(.sku, .empty)) }
        guard let sku = products.escape(product, maximum: limits.skuLength) else {
            throw tooLong(.sku, limits.skuLength)
        }
        return sku
    }

    /// What the shop calls a product.
    static func product(of sku: String) -> String { products.restore(sku) }

    private static func tooLong(_ field: CartRejection.Field, _ room: Int) -> Refusal {
        let kind: ProblemKind = field == .cartID ? .invalidID : .invalidField
        return Refusal(
            kind,
            "too long: at most \(room) characters, where each byte but A-Z a-z 0-9 - _ . counts three",
            field: field
        )
    }
}
