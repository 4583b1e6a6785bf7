import ActorRuntime
import Cart
import HTTPTypes
import Hummingbird

extension CartRoutes {
    /// Answers the cart as it is.
    func show(_ errand: Errand) async throws(Problem) -> Response {
        let answer = try await ask(errand, .read, .path)
        guard errand.ifMatch.admits(answer.sequence) else {
            throw mismatch(errand, actual: answer.sequence)
        }
        return try reply(to: errand, answer, deletes: false)
    }

    /// Has the cart changed and answers it as it is then.
    func change(
        _ errand: Errand,
        _ part: RequestPart,
        _ change: CartCommand.Change
    ) async throws(Problem) -> Response {
        let now = sources.now()
        do {
            // Which version is expected may have to be asked for; that one is, is known.
            let expected: UInt64? = errand.demandsVersion ? 0 : nil
            try CartCommand.change(change, at: now, expected: expected).validate(policy.limits)
        } catch {
            throw Problem(error, in: part)
        }
        let expected = try await expectedVersion(errand, change)
        let operation = errand.operation(change)
        let command = CartCommand.change(change, at: now, expected: expected, operation: operation)
        let accepted = try await ask(errand, command, part)
        return try reply(to: errand, accepted, deletes: change == .delete)
    }

    /// The one version that the domain is to compare with, as it knows no lists.
    private func expectedVersion(
        _ errand: Errand,
        _ change: CartCommand.Change
    ) async throws(Problem) -> UInt64? {
        // All but a creation are refused anyway where there is no cart.
        if case .create = change, errand.ifMatch == .present { return try await versionOfExisting(errand) }
        return try await errand.ifMatch.version { () async throws(Problem) in
            try await answer(errand, .read).sequence
        }
    }

    private func versionOfExisting(_ errand: Errand) async throws(Problem) -> UInt64 {
        let answer = try await answer(errand, .read)
        switch answer.verdict {
        case .accepted: return answer.sequence
        // Under a key it may be a retry, which the cart knows by itself: it only must not be created now.
        case .rejected where errand.key != nil: return .max
        case .rejected: throw mismatch(errand, actual: 0)
        }
    }

    private func mismatch(_ errand: Errand, actual: UInt64) -> Problem {
        var problem = Problem(mismatch: errand.ifMatch, expected: 0, actual: actual)
        if actual > 0 { problem.version = actual }
        return problem
    }

    func ask(
        _ errand: Errand,
        _ command: CartCommand,
        _ part: RequestPart
    ) async throws(Problem) -> Accepted {
        let answer = try await answer(errand, command)
        switch answer.verdict {
        case .accepted(let reply, let record):
            return Accepted(reply, record, answer)
        case .rejected(let rejection):
            var problem = Problem(rejection, in: part, ifMatch: errand.ifMatch)
            problem.node = answer.node
            if case .versionMismatch(_, let actual) = rejection, actual > 0 { problem.version = actual }
            if case .versionMismatch = rejection { problem.field = errand.versionField }
            throw problem
        }
    }

    /// What the cart's owner says.
    func answer(_ errand: Errand, _ command: CartCommand) async throws(Problem) -> Answer<CartLogic> {
        do {
            return try await asker.ask(
                ActorID(errand.cart.text),
                command,
                deadline: errand.deadline,
                trace: errand.trace
            )
        } catch {
            throw Problem(error)
        }
    }

    func reply(to errand: Errand, _ accepted: Accepted, deletes: Bool = false) throws(Problem) -> Response {
        switch accepted.reply.effect {
        case .read, .existed, .lineIncreased, .quantityChanged, .lineRemoved, .cleared, .detailsChanged,
            .priceChanged, .takenOut, .actions, .checkoutCancelled, .merged, .mergeDeclined, .handedOver,
            .handOverFinished, .handOverUndone:
            return try cart(.ok, errand, accepted)
        case .checkedOut:
            return try cart(.created, errand, accepted, location: "\(path(errand))/order")
        case .created:
            return try cart(.created, errand, accepted, location: path(errand))
        case .lineAdded(let line):
            return try cart(.created, errand, accepted, location: "\(path(errand))/lines/\(line.text)")
        case .deleted:
            return replies.nothing(by: accepted.node, under: mark(errand, accepted))
        case .unchanged:
            // Of a cart that is gone already, if it was to be deleted.
            if deletes { return replies.nothing(by: accepted.node, under: mark(errand, accepted)) }
            return try cart(.ok, errand, accepted)
        }
    }

    private func path(_ errand: Errand) -> String { "\(CartResource.root)/\(errand.cart.text)" }

    private func cart(
        _ status: HTTPResponse.Status,
        _ errand: Errand,
        _ accepted: Accepted,
        location: String? = nil
    ) throws(Problem) -> Response {
        let mark = mark(errand, accepted)
        if let shown = ShownCart(accepted.record.cart) {
            var view = replies.view(errand.cart, shown, accepted.sequence)
            if case .actions(let actions) = accepted.reply.effect { view.results = actions.effects }
            return replies.cart(status, view, by: accepted.node, location: location, under: mark)
        }
        guard let end = CartEnd(accepted.record.cart),
            // A change of a cart that was deleted since, or by the same commit. It was made, and the status says so.
            accepted.reply.effect != .read || end.isShown
        else {
            throw .contradiction("a cart was shown that is not there")
        }
        let view = GoneView(id: errand.cart, version: accepted.sequence, end: end)
        return replies.gone(status, view, by: accepted.node, location: location, under: mark)
    }

    /// Answers the order that the cart is.
    func showOrder(_ errand: Errand) async throws(Problem) -> Response {
        let accepted = try await ask(errand, .read, .path)
        guard errand.ifMatch.admits(accepted.sequence) else {
            throw mismatch(errand, actual: accepted.sequence)
        }
        guard case .checkedOut(let cart, let order) = accepted.record.cart else {
            var problem = Problem(.orderNotFound, "the cart has not been checked out, or not any more")
            problem.node = accepted.node
            throw problem
        }
        let view = OrderView(cart: errand.cart, order: order, contents: cart, version: accepted.sequence)
        return replies.order(view, by: accepted.node)
    }

    /// What the client is told of its key, if it sent one.
    private func mark(_ errand: Errand, _ accepted: Accepted) -> OperationMark? {
        guard errand.key != nil else { return nil }
        let replayed = accepted.reply.replayed
        return OperationMark(version: replayed ?? accepted.sequence, isReplay: replayed != nil)
    }
}
