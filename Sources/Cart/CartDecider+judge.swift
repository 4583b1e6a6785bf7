extension CartDecider {
    /// Decides by the state alone, the version aside.
    func judge(_ command: CartCommand, on state: CartState) throws(CartRejection) -> Verdict {
        switch (state, command) {
        case (.none, .change(.create(let currency), let at, _, _)),
            (.deleted, .change(.create(let currency), let at, _, _)):
            return Verdict(.created, .created(currency: currency, at: at))
        case (.none, .read), (.none, .change):
            throw .cartNotFound
        case (.deleted, .change(.delete, _, _, _)):
            return Verdict(.unchanged)
        case (.deleted(let at, _, _), .read), (.deleted(let at, _, _), .change):
            throw .cartDeleted(at: at)
        case (.open, .read):
            return Verdict(.read)
        case (.open(let cart), .change(let change, let at, _, _)):
            return try judge(change, at, on: cart)
        }
    }

    private func judge(
        _ change: CartCommand.Change,
        _ at: Timestamp,
        on cart: OpenCart
    ) throws(CartRejection) -> Verdict {
        switch change {
        case .create(let currency):
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
        }
    }

    private func require(_ currency: Currency, in cart: OpenCart) throws(CartRejection) {
        guard let present = cart.currency, present != currency else { return }
        throw .currencyMismatch(cart: present, given: currency)
    }

    private func increase(_ line: Line, by item: NewItem, _ at: Timestamp) throws(CartRejection) -> Verdict {
        // A damaged state's negative quantity counts as none, or the sum might be no legal quantity.
        let (sum, overflow) = Int64(max(0, line.quantity)).addingReportingOverflow(item.quantity)
        let maximum = Int64(limits.quantity)
        guard !overflow, sum <= maximum, let quantity = Int32(exactly: sum) else {
            throw .limit(.quantity, maximum: maximum, actual: overflow ? .max : sum)
        }
        let change = CartEvent.quantityChanged(line.id, quantity: quantity, at: at)
        guard let name = item.name, name != line.name else { return Verdict(.lineIncreased(line.id), change) }
        return Verdict(.lineIncreased(line.id), .lineRenamed(line.id, name: name, at: at), change)
    }

    private func append(_ item: NewItem, _ at: Timestamp, to cart: OpenCart) throws(CartRejection) -> Verdict
    {
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
        let line = Line(
            id: LineID(next),
            sku: item.sku,
            name: item.name,
            quantity: Int32(clamping: item.quantity),  // Exact: validated against a limit of this width.
            unitPrice: item.unitPrice.minorUnits,
            attributes: item.attributes,
            addedAt: at
        )
        return Verdict(.lineAdded(line.id), .lineAdded(line, currency: item.unitPrice.currency))
    }

    private func set(
        _ quantity: Int64,
        of id: LineID,
        _ at: Timestamp,
        in cart: OpenCart
    ) throws(CartRejection) -> Verdict {
        guard let line = cart.line(id) else { throw .lineNotFound(id) }
        if quantity == 0 { return Verdict(.lineRemoved(id), .lineRemoved(id, at: at)) }
        if quantity == Int64(line.quantity) { return Verdict(.unchanged) }
        // Exact: validated against a limit of this width.
        let narrow = Int32(clamping: quantity)
        return Verdict(.quantityChanged(id), .quantityChanged(id, quantity: narrow, at: at))
    }

    private func require(
        _ actual: Int,
        _ limit: CartRejection.Limit,
        atMost maximum: Int
    ) throws(CartRejection) {
        guard actual <= maximum else { throw .limit(limit, maximum: Int64(maximum), actual: Int64(actual)) }
    }
}
