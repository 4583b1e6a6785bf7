import Cart
import CartActor
import CartApplication
import NIOHTTP1

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

extension CartResponseBuilder {
    /// The answer to a read of a cart, as far as the client does not have it.
    func shown(_ accepted: AcceptedCommand, of id: CartID, _ context: CallContext) throws(Refusal)
        -> HTTPAnswer
    {
        guard !context.exclusion.excludes(accepted.sequence) else {
            return notModified(since: accepted.sequence, by: accepted.node)
        }
        return try answer(accepted, of: id, context)
    }

    /// The answer to an accepted command.
    ///
    /// - Parameter deletes: whether the cart was to be deleted.
    func answer(
        _ accepted: AcceptedCommand,
        of id: CartID,
        _ context: CallContext,
        deletes: Bool = false
    ) throws(Refusal) -> HTTPAnswer {
        let headers = IdempotencyHeaders(accepted, under: context.key)
        switch accepted.reply.effect {
        case .deleted:
            return nothing(by: accepted.node, under: headers)
        // Of a cart that is gone already.
        case .unchanged where deletes:
            return nothing(by: accepted.node, under: headers)
        case .checkedOut:
            return try cart(
                .created,
                accepted,
                of: id,
                under: headers,
                location: Self.path(of: id) + "/order"
            )
        case .created:
            return try cart(.created, accepted, of: id, under: headers, location: Self.path(of: id))
        case .lineAdded(let line):
            let location = Self.path(of: id) + "/lines/" + line.text
            return try cart(.created, accepted, of: id, under: headers, location: location)
        case .read, .existed, .lineIncreased, .quantityChanged, .lineRemoved, .cleared, .unchanged,
            .detailsChanged,
            .priceChanged, .currencyChanged, .takenOut, .actions, .checkoutCancelled, .merged, .mergeDeclined,
            .handedOver,
            .handOverFinished, .handOverUndone:
            return try cart(.ok, accepted, of: id, under: headers)
        }
    }

    private static func path(of id: CartID) -> String { CartResource.root + "/" + id.text }

    private func cart(
        _ status: HTTPResponseStatus,
        _ accepted: AcceptedCommand,
        of id: CartID,
        under headers: IdempotencyHeaders?,
        location: String? = nil
    ) throws(Refusal) -> HTTPAnswer {
        if let shown = PresentCart(accepted.record.cart) {
            var view = view(of: id, shown, version: accepted.sequence)
            if case .actions(let actions) = accepted.reply.effect { view.results = actions.effects }
            return cart(status, view, by: accepted.node, location: location, under: headers)
        }
        guard let end = GoneCart(accepted.record.cart),
            // A change of a cart that was deleted since, or by the same commit. It was made, and the status
            // says so.
            accepted.reply.effect != .read || end.isShown
        else {
            throw .contradiction("a cart was shown that is not there")
        }
        let view = GoneCartView(id: id, version: accepted.sequence, end: end)
        return gone(status, view, by: accepted.node, location: location, under: headers)
    }
}
