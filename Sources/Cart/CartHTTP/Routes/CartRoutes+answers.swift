import Cart
import CartActor
import CartApplication
import HTTPTypes
import Hummingbird

extension CartRoutes {
    /// Shows the cart as it is.
    func show(_ id: CartID, _ context: CallContext) async throws(Refusal) -> Response {
        let accepted = try await application.show(id, context)
        guard !context.exclusion.excludes(accepted.sequence) else {
            return responses.notModified(since: accepted.sequence, by: accepted.node)
        }
        return try answer(accepted, of: id, context)
    }

    /// Shows the order that the cart is.
    func showOrder(_ id: CartID, _ context: CallContext) async throws(Refusal) -> Response {
        let order = try await application.order(of: id, context)
        guard !context.exclusion.excludes(order.version) else {
            return responses.notModified(since: order.version, by: order.node)
        }
        return responses.order(order)
    }

    /// Shows the kept commits of the cart.
    func showHistory(_ id: CartID, _ context: CallContext) async throws(Refusal) -> Response {
        let history = try await application.history(of: id)
        guard !context.exclusion.excludes(history.version) else {
            return responses.notModified(since: history.version)
        }
        return responses.history(history)
    }

    /// Changes the cart and shows it as it is then.
    func change(_ id: CartID, by change: CartCommand.Change, _ context: CallContext) async throws(Refusal)
        -> Response
    {
        let accepted = try await application.change(id, by: change, context)
        return try answer(accepted, of: id, context, deletes: change == .delete)
    }

    /// The answer to an accepted command.
    ///
    /// - Parameter deletes: whether the cart was to be deleted.
    func answer(
        _ accepted: AcceptedCommand,
        of id: CartID,
        _ context: CallContext,
        deletes: Bool = false
    ) throws(Refusal) -> Response {
        let headers = IdempotencyHeaders(accepted, under: context.key)
        let path = "\(CartResource.root)/\(id.text)"
        switch accepted.reply.effect {
        case .deleted:
            return responses.nothing(by: accepted.node, under: headers)
        // Of a cart that is gone already.
        case .unchanged where deletes:
            return responses.nothing(by: accepted.node, under: headers)
        case .checkedOut:
            return try cart(.created, accepted, of: id, under: headers, location: "\(path)/order")
        case .created:
            return try cart(.created, accepted, of: id, under: headers, location: path)
        case .lineAdded(let line):
            return try cart(
                .created,
                accepted,
                of: id,
                under: headers,
                location: "\(path)/lines/\(line.text)"
            )
        case .read, .existed, .lineIncreased, .quantityChanged, .lineRemoved, .cleared, .unchanged,
            .detailsChanged,
            .priceChanged, .currencyChanged, .takenOut, .actions, .checkoutCancelled, .merged, .mergeDeclined,
            .handedOver,
            .handOverFinished, .handOverUndone:
            return try cart(.ok, accepted, of: id, under: headers)
        }
    }

    private func cart(
        _ status: HTTPResponse.Status,
        _ accepted: AcceptedCommand,
        of id: CartID,
        under headers: IdempotencyHeaders?,
        location: String? = nil
    ) throws(Refusal) -> Response {
        if let shown = PresentCart(accepted.record.cart) {
            var view = responses.view(of: id, shown, version: accepted.sequence)
            if case .actions(let actions) = accepted.reply.effect { view.results = actions.effects }
            return responses.cart(status, view, by: accepted.node, location: location, under: headers)
        }
        guard let end = GoneCart(accepted.record.cart),
            // A change of a cart that was deleted since, or by the same commit. It was made, and the status
            // says so.
            accepted.reply.effect != .read || end.isShown
        else {
            throw .contradiction("a cart was shown that is not there")
        }
        let view = GoneCartView(id: id, version: accepted.sequence, end: end)
        return responses.gone(status, view, by: accepted.node, location: location, under: headers)
    }
}
