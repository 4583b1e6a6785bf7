extension CartDecider {
    /// Decides by the state alone, the version aside.
    func judge(_ demand: Demand, on state: CartState) throws(CartRejection) -> Verdict {
        switch state {
        case .none:
            guard case .create(let currency, let seconds) = demand.change else { throw .cartNotFound }
            return create(currency, seconds, demand.at)
        case .open(let cart):
            return try judge(demand, on: cart)
        case .checkedOut(_, let order):
            return try judge(demand, on: order, state.merges)
        case .closing(_, let handover):
            return try judge(demand, on: handover, state.merges)
        case .merged(let merged):
            return try judge(demand, on: merged)
        case .deleted(let at, _, _, let merges):
            return try judge(demand, deletedAt: at, merges)
        }
    }

    func create(_ currency: Currency?, _ seconds: Int64?, _ at: Timestamp) -> Verdict {
        let created = CartEvent.created(currency: currency, at: at)
        guard let seconds else { return Verdict(.created, created) }
        var details = CartDetails()
        details.expiresIn = UInt32(clamping: seconds)
        return Verdict(.created, created, .detailsChanged(details, at: at))
    }

    private func judge(_ demand: Demand, on cart: OpenCart) throws(CartRejection) -> Verdict {
        let at = demand.at
        switch demand.change {
        case .create(let currency, _):
            if let currency { try require(currency, in: cart) }
            return Verdict(.existed)
        case .addLine(let item):
            try require(item.unitPrice.currency, in: cart)
            if let line = cart.lines.first(where: { $0.holds(item) }) {
                return try increase(line, by: item, at)
            }
            return try append(item, at, to: cart)
        case .setQuantity(let id, let quantity):
            return try set(quantity, of: id, at, in: cart)
        case .removeLine(let id):
            guard cart.line(id) != nil else { throw .lineNotFound(id) }
            return Verdict(.lineRemoved(id), .lineRemoved(id, at: at))
        case .clear:
            return cart.lines.isEmpty ? Verdict(.unchanged) : Verdict(.cleared, .cleared(at: at))
        case .delete:
            return Verdict(.deleted, .deleted(at: at))
        case .setDetails(let change):
            return try set(change, at, in: cart)
        case .setPrice(let id, let price):
            return try set(price, of: id, at, in: cart)
        case .takeOut(let quantities):
            return takeOut(quantities, at, of: cart)
        case .actions(let changes):
            return try judge(changes, demand, on: cart)
        case .checkOut(let id):
            guard !cart.lines.isEmpty else { throw .cartEmpty }
            // Validated: it is there.
            let order = CartOrder(id: id, version: demand.expected ?? 0, at: at)
            return Verdict(.checkedOut, .checkedOut(order))
        case .cancelCheckout:
            return Verdict(.unchanged)
        case .handOver(let wish, let basis):
            let handover = Handover(
                merge: wish.id,
                target: wish.target,
                digest: wish.digest,
                attempt: Handover.attempt(of: cart, at: demand.next),
                basis: basis
            )
            return Verdict(.handedOver, .handedOver(handover, at: at))
        case .takeOver(let offer, let strategy, let lines, let currency):
            return try take(lines, currency, by: strategy, offer, at, into: cart)
        case .declineMerge(let offer):
            return try decline(offer, at, cart.merges)
        case .undoHandOver:
            return Verdict(.unchanged)
        case .finishHandOver:
            throw .mergeNotUnderWay
        }
    }

    /// Decides a batch: each on what those before it made of the cart.
    private func judge(
        _ changes: [CartCommand.Change],
        _ demand: Demand,
        on cart: OpenCart
    ) throws(CartRejection) -> Verdict {
        var state = CartState.open(cart)
        var events: [CartEvent] = []
        var effects: [CartOutcome.Effect] = []
        for (index, change) in changes.enumerated() {
            do throws(CartRejection) {
                let verdict = try judge(Demand(change, demand.at, nil, demand.next), on: state)
                for event in verdict.events { state.apply(event) }
                events += verdict.events
                effects.append(verdict.effect)
            } catch {
                throw .action(index, error)
            }
        }
        return Verdict(.actions(ActionEffects(effects)), all: events)
    }
}
