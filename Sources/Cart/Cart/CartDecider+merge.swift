// Decisions of the cart that takes the lines of another.
extension CartDecider {
    /// Takes the lines of another cart, once.
    ///
    /// Two lines are the same if their SKU, unit price and attributes are equal; the taking cart keeps its
    /// own name and time of such a line.
    ///
    /// - Parameter currency: of the lines' prices; nil where the source never had one.
    /// - Throws: `mergeDeclined` or `mergeForgotten` for an offer that may not be taken; a limit or a
    ///   currency that refuses a line refuses all.
    func take(
        _ lines: [Line],
        in currency: Currency?,
        by strategy: MergeStrategy,
        under offer: MergeOffer,
        at: Timestamp,
        into cart: OpenCart
    ) throws(CartRejection) -> TentativeDecision {
        switch cart.merges.status(of: offer) {
        case .taken: return .settled
        case .declined: throw .mergeDeclined
        case .forgotten: throw .mergeForgotten
        case .open: break
        }
        var state = CartState.open(cart)
        var events: [CartEvent] = []
        for line in lines {
            // A cart that has lines has a currency, unless its state is damaged.
            guard let now = state.cart, let currency = currency ?? now.currency else { continue }
            for event in try take(line, in: currency, by: strategy, at: at, into: now) {
                state.apply(event)
                events.append(event)
            }
        }
        let entry = MergeLog.Entry(digest: offer.digest, attempt: offer.attempt, isTaken: true)
        events.append(.mergeSettled(entry, capacity: limits.merges, at: at))
        return TentativeDecision(.merged, all: events)
    }

    private func take(
        _ line: Line,
        in currency: Currency,
        by strategy: MergeStrategy,
        at: Timestamp,
        into cart: OpenCart
    ) throws(CartRejection) -> [CartEvent] {
        guard line.quantity > 0 else { return [] }
        try require(currency, in: cart)
        let item = NewItem(
            sku: line.sku,
            name: line.name,
            quantity: Int64(line.quantity),
            unitPrice: Money(minorUnits: line.unitPrice, currency: currency),
            attributes: line.attributes
        )
        guard let own = cart.lines.first(where: { $0.holds(item) }) else {
            try require(Int(line.quantity), .quantity, atMost: Int(limits.quantity))
            return try append(item, at: at, to: cart).events
        }
        // In 64 bits two quantities of 32 cannot overflow; a damaged state's negative one counts as none.
        let (mine, theirs) = (Int64(Swift.max(0, own.quantity)), Int64(line.quantity))
        let wanted =
            switch strategy {
            case .add: mine + theirs
            case .max: Swift.max(mine, theirs)
            case .mine: mine
            case .theirs: theirs
            }
        guard wanted != mine else { return [] }
        try require(Int(wanted), .quantity, atMost: Int(limits.quantity))
        let quantity = Int32(clamping: wanted)
        try requireSubtotal(of: cart, own, quantity: quantity, unitPrice: own.unitPrice)
        return [.quantityChanged(own.id, quantity: quantity, at: at)]
    }

    /// Records that the offer will never be taken, unless it was.
    ///
    /// - Throws: `mergeTaken`, or `mergeForgotten`.
    func decline(
        _ offer: MergeOffer,
        at: Timestamp,
        merges: MergeLog
    ) throws(CartRejection) -> TentativeDecision {
        switch merges.status(of: offer) {
        case .taken: throw .mergeTaken
        case .forgotten: throw .mergeForgotten
        case .declined: return .settled
        case .open:
            let entry = MergeLog.Entry(digest: offer.digest, attempt: offer.attempt, isTaken: false)
            return TentativeDecision(.mergeDeclined, .mergeSettled(entry, capacity: limits.merges, at: at))
        }
    }
}
