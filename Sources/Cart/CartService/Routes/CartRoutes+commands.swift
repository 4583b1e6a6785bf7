import ActorRuntime
import Cart
import HTTPTypes
import Hummingbird

extension CartRoutes {
    /// Answers the cart as it is.
    func show(_ cartRequest: CartRequest) async throws(Problem) -> Response {
        let answer = try await ask(cartRequest, .read, .path)
        guard cartRequest.ifMatch.admits(answer.sequence) else {
            throw mismatch(cartRequest, actual: answer.sequence)
        }
        return try reply(to: cartRequest, answer, deletes: false)
    }

    /// Has the cart changed and answers it as it is then.
    func change(
        _ cartRequest: CartRequest,
        _ part: FieldLocation,
        _ change: CartCommand.Change
    ) async throws(Problem) -> Response {
        let now = dependencies.now()
        do {
            // Which version is expected may have to be asked for; that one is, is known.
            let expected: UInt64? = cartRequest.requiresVersion ? 0 : nil
            try CartCommand.change(change, at: now, expected: expected).validate(policy.limits)
        } catch {
            throw Problem(error, in: part)
        }
        let expected = try await expectedVersion(cartRequest, change)
        let operation = cartRequest.operation(change)
        let command = CartCommand.change(change, at: now, expected: expected, operation: operation)
        let accepted = try await ask(cartRequest, command, part)
        return try reply(to: cartRequest, accepted, deletes: change == .delete)
    }

    /// The one version that the domain is to compare with, as it knows no lists.
    private func expectedVersion(
        _ cartRequest: CartRequest,
        _ change: CartCommand.Change
    ) async throws(Problem) -> UInt64? {
        // All but a creation are refused anyway where there is no cart.
        if case .create = change, cartRequest.ifMatch == .present {
            return try await versionOfExisting(cartRequest)
        }
        return try await cartRequest.ifMatch.version { () async throws(Problem) in
            try await answer(cartRequest, .read).sequence
        }
    }

    private func versionOfExisting(_ cartRequest: CartRequest) async throws(Problem) -> UInt64 {
        let answer = try await answer(cartRequest, .read)
        switch answer.verdict {
        case .accepted: return answer.sequence
        // Under a key it may be a retry, which the cart knows by itself: it only must not be created now.
        case .rejected where cartRequest.key != nil: return .max
        case .rejected: throw mismatch(cartRequest, actual: 0)
        }
    }

    private func mismatch(_ cartRequest: CartRequest, actual: UInt64) -> Problem {
        var problem = Problem(mismatch: cartRequest.ifMatch, expected: 0, actual: actual)
        if actual > 0 { problem.version = actual }
        return problem
    }

    func ask(
        _ cartRequest: CartRequest,
        _ command: CartCommand,
        _ part: FieldLocation
    ) async throws(Problem) -> AcceptedCommand {
        let answer = try await answer(cartRequest, command)
        switch answer.verdict {
        case .accepted(let reply, let record):
            return AcceptedCommand(reply, record, answer)
        case .rejected(let rejection):
            var problem = Problem(rejection, in: part, ifMatch: cartRequest.ifMatch)
            problem.node = answer.node
            if case .versionMismatch(_, let actual) = rejection, actual > 0 { problem.version = actual }
            if case .versionMismatch = rejection { problem.field = cartRequest.versionField }
            throw problem
        }
    }

    /// What the cart's owner says.
    func answer(_ cartRequest: CartRequest, _ command: CartCommand) async throws(Problem) -> Answer<CartLogic>
    {
        do {
            return try await dispatcher.ask(
                ActorID(cartRequest.cart.text),
                command,
                deadline: cartRequest.deadline,
                trace: cartRequest.trace
            )
        } catch {
            throw Problem(error)
        }
    }

    func reply(to cartRequest: CartRequest, _ accepted: AcceptedCommand, deletes: Bool = false)
        throws(Problem) -> Response
    {
        switch accepted.reply.effect {
        case .read, .existed, .lineIncreased, .quantityChanged, .lineRemoved, .cleared, .detailsChanged,
            .priceChanged, .takenOut, .actions, .checkoutCancelled, .merged, .mergeDeclined, .handedOver,
            .handOverFinished, .handOverUndone:
            return try cart(.ok, cartRequest, accepted)
        case .checkedOut:
            return try cart(.created, cartRequest, accepted, location: "\(path(cartRequest))/order")
        case .created:
            return try cart(.created, cartRequest, accepted, location: path(cartRequest))
        case .lineAdded(let line):
            return try cart(
                .created,
                cartRequest,
                accepted,
                location: "\(path(cartRequest))/lines/\(line.text)"
            )
        case .deleted:
            return responses.nothing(by: accepted.node, under: idempotencyHeaders(cartRequest, accepted))
        case .unchanged:
            // Of a cart that is gone already, if it was to be deleted.
            if deletes {
                return responses.nothing(by: accepted.node, under: idempotencyHeaders(cartRequest, accepted))
            }
            return try cart(.ok, cartRequest, accepted)
        }
    }

    private func path(_ cartRequest: CartRequest) -> String {
        "\(CartResource.root)/\(cartRequest.cart.text)"
    }

    private func cart(
        _ status: HTTPResponse.Status,
        _ cartRequest: CartRequest,
        _ accepted: AcceptedCommand,
        location: String? = nil
    ) throws(Problem) -> Response {
        let idempotencyHeaders = idempotencyHeaders(cartRequest, accepted)
        if let shown = PresentCart(accepted.record.cart) {
            var view = responses.view(cartRequest.cart, shown, accepted.sequence)
            if case .actions(let actions) = accepted.reply.effect { view.results = actions.effects }
            return responses.cart(
                status,
                view,
                by: accepted.node,
                location: location,
                under: idempotencyHeaders
            )
        }
        guard let end = GoneCart(accepted.record.cart),
            // A change of a cart that was deleted since, or by the same commit. It was made, and the status says so.
            accepted.reply.effect != .read || end.isShown
        else {
            throw .contradiction("a cart was shown that is not there")
        }
        let view = GoneCartView(id: cartRequest.cart, version: accepted.sequence, end: end)
        return responses.gone(status, view, by: accepted.node, location: location, under: idempotencyHeaders)
    }

    /// Answers the order that the cart is.
    func showOrder(_ cartRequest: CartRequest) async throws(Problem) -> Response {
        let accepted = try await ask(cartRequest, .read, .path)
        guard cartRequest.ifMatch.admits(accepted.sequence) else {
            throw mismatch(cartRequest, actual: accepted.sequence)
        }
        guard case .checkedOut(let cart, let order) = accepted.record.cart else {
            var problem = Problem(.orderNotFound, "the cart has not been checked out, or not any more")
            problem.node = accepted.node
            throw problem
        }
        let view = OrderView(cart: cartRequest.cart, order: order, contents: cart, version: accepted.sequence)
        return responses.order(view, by: accepted.node)
    }

    /// What the client is told of its key, if it sent one.
    private func idempotencyHeaders(_ cartRequest: CartRequest, _ accepted: AcceptedCommand)
        -> IdempotencyHeaders?
    {
        guard cartRequest.key != nil else { return nil }
        let replayed = accepted.reply.replayed
        return IdempotencyHeaders(version: replayed ?? accepted.sequence, isReplay: replayed != nil)
    }
}
