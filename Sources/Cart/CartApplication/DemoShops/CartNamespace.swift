package import Cart

/// A space of cart ids: each other shop's protocol has carts of its own, which no other protocol reaches.
package enum CartNamespace: String, Sendable, CaseIterable {
    /// Online Boutique.
    case hipstershop
    /// The OpenTelemetry demo.
    case oteldemo
    /// The AWS retail store.
    case retail

    private static let users = EscapedText(sign: "~")
    private static let products = EscapedText(sign: "+")

    /// The currency of prices where the protocol names none: all three shops' catalogues are in dollars.
    static let currency = Currency(stored: "USD")

    /// The cart of a user, whose name may be any text.
    ///
    /// - Throws: `Refusal` for the cart's id: it is empty, or longer than ids are once it is escaped.
    package func cart(of user: String) throws(Refusal) -> CartID {
        guard !user.isEmpty else { throw Refusal(.invalid(.cartID, .empty)) }
        // The two signs around the name of the space.
        let room = CartID.maximumLength - rawValue.utf8.count - 2
        guard let name = Self.users.escape(user, maximum: room) else { throw Self.tooLong(.cart, room: room) }
        do {
            return try CartID(space: rawValue, name: name)
        } catch {
            throw Refusal(error)
        }
    }

    /// The SKU of a product.
    ///
    /// - Throws: `Refusal` for the SKU: it is empty, or longer than those are once it is escaped.
    static func sku(of product: String, _ limits: CartLimits) throws(Refusal) -> String {
        guard !product.isEmpty else { throw Refusal(.invalid(.sku, .empty)) }
        guard let sku = products.escape(product, maximum: limits.skuLength) else {
            throw tooLong(.sku, room: limits.skuLength)
        }
        return sku
    }

    /// The shop's id of a product.
    static func product(of sku: String) -> String { products.restore(sku) }

    private static func tooLong(_ field: Refusal.FieldName, room: Int) -> Refusal {
        let kind: RefusalKind = field == .cart ? .invalidID : .invalidField
        return Refusal(
            kind,
            "too long: at most \(room) characters, where each byte but A-Z a-z 0-9 - _ . counts three",
            field: .named(field)
        )
    }
}
