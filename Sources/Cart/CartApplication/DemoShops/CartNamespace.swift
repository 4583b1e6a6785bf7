package import Cart

/// A space of cart ids: each other shop's protocol has carts of its own, which no other protocol reaches.
package enum CartNamespace: String, Sendable, CaseIterable {
    /// Online Boutique.
    case hipstershop
    /// The OpenTelemetry demo.
    case oteldemo
    /// The AWS retail store.
    case retail

    /// The currency of prices where the protocol names none: all three shops' catalogues are in dollars.
    static let currency = Currency(stored: "USD")

    /// The cart of a user, whose name may be any text.
    ///
    /// - Throws: `Refusal` for the cart's id: it is empty, or longer than ids are once it is escaped.
    package func cart(of user: String) throws(Refusal) -> CartID {
        guard !user.isEmpty else { throw Refusal(.invalid(.cartID, .empty)) }
        // The two signs around the name of the space.
        let room = CartID.maximumLength - rawValue.utf8.count - 2
        guard let name = EscapedText.escape(user, maximum: room) else { throw Self.tooLong(room: room) }
        do {
            return try CartID(space: rawValue, name: name)
        } catch {
            throw Refusal(error)
        }
    }

    private static func tooLong(room: Int) -> Refusal {
        Refusal(
            .invalidID,
            "too long: at most \(room) characters, where each byte but A-Z a-z 0-9 - _ . counts three",
            field: .named(.cart)
        )
    }
}
