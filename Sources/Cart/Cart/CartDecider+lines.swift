// Decisions on the lines and details of an open cart.
extension CartDecider {
    func require(_ currency: Currency, in cart: OpenCart) throws(CartRejection) {
        guard let present = cart.currency, present != currency else { return }
        throw .currencyMismatch(cart: present, given: currency)
    }

    func set(_ currency: Currency, at: Timestamp, in cart: OpenCart) throws(CartRejection)
        -> TentativeDecision
    {
        guard cart.currency != currency else { return TentativeDecision(.unchanged) }
        guard cart.lines.isEmpty else {
            throw .currencyMismatch(cart: cart.currency ?? currency, given: currency)
        }
        return TentativeDecision(.currencyChanged, .currencyChanged(currency, at: at))
    }

    func increase(
        _ line: Line,
        by item: NewItem,
        at: Timestamp,
        in cart: OpenCart
    ) throws(CartRejection) -> TentativeDecision {
        // A damaged state's negative quantity counts as none, or the sum might be no legal quantity.
        let (sum, overflow) = Int64(max(0, line.quantity)).addingReportingOverflow(item.quantity)
        let maximum = Int64(limits.quantity)
        guard !overflow, sum <= maximum, let quantity = Int32(exactly: sum) else {
            throw .limit(.quantity, maximum: maximum, actual: overflow ? .max : sum)
        }
        try requireSubtotal(of: cart, line, quantity: quantity, unitPrice: line.unitPrice)
        let change = CartEvent.quantityChanged(line.id, quantity: quantity, at: at)
        guard let name = item.name, name != line.name else {
            return TentativeDecision(.lineIncreased(line.id), change)
        }
        return TentativeDecision(.lineIncreased(line.id), .lineRenamed(line.id, name: name, at: at), change)
    }

    func append(
        _ item: NewItem,
        at: Timestamp,
        to cart: OpenCart
    ) throws(CartRejection) -> TentativeDecision {
        try require(cart.lines.count + 1, .lines, atMost: limits.lines)
        // Only an item that has attributes is refused for them, or a shrunken limit would freeze old carts.
        if !item.attributes.isEmpty {
            try require(
                cart.metadataBytes + item.attributes.bytes,
                .metadataBytes,
                atMost: limits.metadataBytes
            )
        }
        let (next, exhausted) = cart.lastLine.number.addingReportingOverflow(1)
        guard !exhausted else {
            throw .limit(.lineIDs, maximum: Int64(UInt32.max), actual: Int64(UInt32.max) + 1)
        }
        let quantity = Int32(clamping: item.quantity)  // Exact: validated against a limit of this width.
        try requireSubtotal(of: cart, nil, quantity: quantity, unitPrice: item.unitPrice.minorUnits)
        let line = Line(
            id: LineID(next),
            sku: item.sku,
            name: item.name,
            quantity: quantity,
            unitPrice: item.unitPrice.minorUnits,
            attributes: item.attributes,
            addedAt: at
        )
        return TentativeDecision(.lineAdded(line.id), .lineAdded(line, currency: item.unitPrice.currency))
    }

    func set(
        _ quantity: Int64,
        of id: LineID,
        at: Timestamp,
        in cart: OpenCart
    ) throws(CartRejection) -> TentativeDecision {
        guard let line = cart.line(id) else { throw .lineNotFound(id) }
        if quantity == 0 { return TentativeDecision(.lineRemoved(id), .lineRemoved(id, at: at)) }
        if quantity == Int64(line.quantity) { return TentativeDecision(.unchanged) }
        // Exact: validated against a limit of this width.
        let narrow = Int32(clamping: quantity)
        try requireSubtotal(of: cart, line, quantity: narrow, unitPrice: line.unitPrice)
        return TentativeDecision(.quantityChanged(id), .quantityChanged(id, quantity: narrow, at: at))
    }

    func require(
        _ actual: Int,
        _ limit: CartRejection.Limit,
        atMost maximum: Int
    ) throws(CartRejection) {
        guard actual <= maximum else { throw .limit(limit, maximum: Int64(maximum), actual: Int64(actual)) }
    }

    /// Refuses a subtotal beyond the limit, if a line of this quantity and unit price in place of `line`
    /// (nil: beside all lines) makes it grow. What makes it smaller is accepted, also of a cart that is
    /// beyond the limit.
    func requireSubtotal(
        of cart: OpenCart,
        _ line: Line?,
        quantity: Int32,
        unitPrice: Int64
    ) throws(CartRejection) {
        let before = line.map { Int128($0.unitPrice) * Int128($0.quantity) } ?? 0
        let growth = Int128(unitPrice) * Int128(quantity) - before
        guard growth > 0 else { return }
        let subtotal = cart.exactSubtotal + growth
        guard subtotal <= CartLimits.subtotal else {
            throw .limit(.subtotal, maximum: CartLimits.subtotal, actual: Int64(clamping: subtotal))
        }
    }

    func set(
        _ price: Money,
        of id: LineID,
        at: Timestamp,
        in cart: OpenCart
    ) throws(CartRejection) -> TentativeDecision {
        guard let line = cart.line(id) else { throw .lineNotFound(id) }
        try require(price.currency, in: cart)
        guard line.unitPrice != price.minorUnits else { return TentativeDecision(.unchanged) }
        try requireSubtotal(of: cart, line, quantity: line.quantity, unitPrice: price.minorUnits)
        return TentativeDecision(.priceChanged(id), .priceChanged(id, unitPrice: price.minorUnits, at: at))
    }

    func takeOut(_ quantities: [LineQuantity], at: Timestamp, of cart: OpenCart) -> TentativeDecision {
        var taken: [LineID: Int64] = [:]
        var events: [CartEvent] = []
        // Validated: few and small, so that the sums do not overflow.
        for part in quantities { taken[part.line, default: 0] &+= part.quantity }
        for line in cart.lines {
            guard let quantity = taken[line.id] else { continue }
            let (rest, overflow) = Int64(line.quantity).subtractingReportingOverflow(quantity)
            if !overflow, rest > 0 {
                events.append(.quantityChanged(line.id, quantity: Int32(clamping: rest), at: at))
            } else {
                events.append(.lineRemoved(line.id, at: at))
            }
            // Should a damaged state have several lines of this id, the first is the one that is meant.
            taken[line.id] = nil
        }
        return events.isEmpty ? TentativeDecision(.unchanged) : TentativeDecision(.takenOut, all: events)
    }

    func set(
        _ change: DetailsChange,
        at: Timestamp,
        in cart: OpenCart
    ) throws(CartRejection) -> TentativeDecision {
        let before = cart.details
        let after = change.applied(to: before)
        guard after != before else { return TentativeDecision(.unchanged) }
        let (old, new) = (before.attributes, after.attributes)
        // Only what grows is refused, or a shrunken limit would freeze old carts.
        if new.count > old.count { try require(new.count, .attributes, atMost: limits.attributes) }
        if new.bytes > old.bytes {
            try require(
                cart.metadataBytes - old.bytes + new.bytes,
                .metadataBytes,
                atMost: limits.metadataBytes
            )
        }
        // What changed and no more: an event with all details could be a hundred times its request.
        let difference = DetailsChange(from: before, to: after)
        return TentativeDecision(.detailsChanged, .detailsPatched(difference, at: at))
    }
}
