extension CartDecider {
    /// Decides by the state alone; the caller compares the version.
    func evaluate(_ pending: PendingChange, on state: CartState) throws(CartRejection) -> TentativeDecision {
        switch state {
        case .none:
            guard case .create(let currency, let seconds) = pending.change else { throw .cartNotFound }
            return create(currency, expiresIn: seconds, at: pending.at)
        case .open(let cart):
            return try evaluate(pending, on: cart)
        case .checkedOut(_, let order):
            return try evaluate(pending, on: order, merges: state.merges)
        case .closing(_, let handover):
            return try evaluate(pending, on: handover, merges: state.merges)
        case .merged(let merged):
            return try evaluate(pending, on: merged)
        case .deleted(let at, _, _, let merges):
            return try evaluate(pending, deletedAt: at, merges: merges)
        }
    }

    func create(_ currency: Currency?, expiresIn seconds: Int64?, at: Timestamp) -> TentativeDecision {
        let created = CartEvent.created(currency: currency, at: at)
        guard let seconds else { return TentativeDecision(.created, created) }
        var details = CartDetails()
        details.expiresIn = UInt32(clamping: seconds)
        return TentativeDecision(.created, created, .detailsChanged(details, at: at))
    }

    private func evaluate(_ pending: PendingChange, on cart: OpenCart) throws(CartRejection)
        -> TentativeDecision
    {
        let at = pending.at
        switch pending.change {
        case .create(let currency, _):
            if let currency { try require(currency, in: cart) }
            return TentativeDecision(.existed)
        case .addLine(let item):
            try require(item.unitPrice.currency, in: cart)
            if let line = cart.lines.first(where: { $0.holds(item) }) {
                return try increase(line, by: item, at: at, in: cart)
            }
            return try append(item, at: at, to: cart)
        case .setQuantity(let id, let quantity):
            return try set(quantity, of: id, at: at, in: cart)
        case .removeLine(let id):
            guard cart.line(id) != nil else { throw .lineNotFound(id) }
            return TentativeDecision(.lineRemoved(id), .lineRemoved(id, at: at))
        case .clear:
            return cart.lines.isEmpty
                ? TentativeDecision(.unchanged) : TentativeDecision(.cleared, .cleared(at: at))
        case .delete:
            return TentativeDecision(.deleted, .deleted(at: at))
        case .setDetails(let change):
            return try set(change, at: at, in: cart)
        case .setPrice(let id, let price):
            return try set(price, of: id, at: at, in: cart)
        case .takeOut(let quantities):
            return takeOut(quantities, at: at, of: cart)
        case .setCurrency(let currency):
            return try set(currency, at: at, in: cart)
        case .actions(let changes):
            return try evaluate(changes, of: pending, on: cart)
        case .checkOut(let id):
            guard !cart.lines.isEmpty else { throw .cartEmpty }
            // Validated: it is there.
            let order = CartOrder(id: id, version: pending.expected ?? 0, at: at)
            return TentativeDecision(.checkedOut, .checkedOut(order))
        case .cancelCheckout:
            return TentativeDecision(.unchanged)
        case .handOver(let mergeRequest, let basis):
            let handover = Handover(
                merge: mergeRequest.id,
                target: mergeRequest.target,
                digest: mergeRequest.digest,
                attempt: Handover.attempt(of: cart, at: pending.next),
                basis: basis
            )
            return TentativeDecision(.handedOver, .handedOver(handover, at: at))
        case .takeOver(let offer, let strategy, let lines, let currency):
            return try take(lines, in: currency, by: strategy, under: offer, at: at, into: cart)
        case .declineMerge(let offer):
            return try decline(offer, at: at, merges: cart.merges)
        case .undoHandOver:
            return TentativeDecision(.unchanged)
        case .finishHandOver:
            throw .mergeNotUnderWay
        }
    }

    /// Decides a batch: each action on the state that those before it made.
    private func evaluate(
        _ changes: [CartCommand.Change],
        of batch: PendingChange,
        on cart: OpenCart
    ) throws(CartRejection) -> TentativeDecision {
        var state = CartState.open(cart)
        var events: [CartEvent] = []
        var effects: [CartOutcome.Effect] = []
        for (index, change) in changes.enumerated() {
            do throws(CartRejection) {
                let part = PendingChange(change: change, at: batch.at, expected: nil, next: batch.next)
                let tentative = try evaluate(part, on: state)
                for event in tentative.events { state.apply(event) }
                events += tentative.events
                effects.append(tentative.effect)
            } catch {
                throw .action(index, error)
            }
        }
        let changes = DetailsChange(from: cart.details, to: state.cart?.details ?? cart.details)
        return TentativeDecision(
            .actions(ActionEffects(effects)),
            all: Self.collapsed(events, to: changes, at: batch.at)
        )
    }

    /// The events of a batch with one for all its changes of details, which depend on no line.
    private static func collapsed(
        _ events: [CartEvent],
        to change: DetailsChange,
        at: Timestamp
    ) -> [CartEvent] {
        let others = events.filter {
            if case .detailsPatched = $0 { false } else { true }
        }
        guard others.count + 1 < events.count else { return events }
        return change.isEmpty ? others : others + [.detailsPatched(change, at: at)]
    }
}
