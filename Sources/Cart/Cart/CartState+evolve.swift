extension CartState {
    /// Applies an event. Total: an event that cannot apply leaves the state as it is.
    ///
    /// Such an event is one that the state cannot become anything by (see `CartState`); one about an unknown
    /// line; `lineAdded` with an id not above `lastLine` (it was applied before, or never rightly decided) or
    /// in another currency than the cart's; `currencyChanged` of a cart with lines; `operationApplied` and
    /// `mergeSettled` on `none`, to which nothing was ever applied.
    package mutating func apply(_ event: CartEvent) {
        switch event {
        case .created(let currency, let at):
            create(currency, at: at)
        case .lineAdded, .lineRenamed, .quantityChanged, .priceChanged, .lineRemoved, .cleared,
            .currencyChanged, .detailsChanged, .detailsPatched:
            guard case .open(var cart) = self else { return }
            // Gives up the other reference to the lines, which would make every change copy them.
            self = .none
            cart.apply(event)
            self = .open(cart)
        case .deleted(let at):
            delete(at: at)
        case .checkedOut, .checkoutCancelled:
            order(event)
        case .handedOver, .handOverUndone, .handOverFinished:
            handOver(event)
        case .mergeSettled(let entry, let capacity, _):
            remember(operations, merges.adding(entry, capacity: capacity))
        case .operationApplied(let applied, let capacity, _):
            remember(OperationLog.adding(applied, to: operations, capacity: capacity), merges)
        }
    }

    private mutating func create(_ currency: Currency?, at: Timestamp) {
        switch self {
        case .none, .deleted:
            self = .open(
                OpenCart(
                    currency: currency,
                    lines: [],
                    lastLine: lastLine,
                    createdAt: at,
                    updatedAt: at,
                    operations: operations,
                    merges: merges
                )
            )
        case .open, .checkedOut, .closing, .merged:
            return
        }
    }

    private mutating func delete(at: Timestamp) {
        switch self {
        case .open, .checkedOut, .merged:
            self = .deleted(at: at, lastLine: lastLine, operations: operations, merges: merges)
        case .none, .closing, .deleted:
            return
        }
    }

    private mutating func order(_ event: CartEvent) {
        switch (self, event) {
        case (.open(var cart), .checkedOut(let order)):
            cart.touch(at: order.at)
            self = .checkedOut(cart, order)
        case (.checkedOut(var cart, _), .checkoutCancelled(let at)):
            cart.touch(at: at)
            self = .open(cart)
        case (.none, _), (.open, _), (.checkedOut, _), (.closing, _), (.merged, _), (.deleted, _):
            return
        }
    }

    private mutating func handOver(_ event: CartEvent) {
        switch (self, event) {
        case (.open(var cart), .handedOver(let handover, let at)):
            cart.touch(at: at)
            self = .closing(cart, handover)
        case (.closing(var cart, _), .handOverUndone(let at)):
            cart.touch(at: at)
            self = .open(cart)
        case (.closing(let cart, let handover), .handOverFinished(let at)):
            self = .merged(
                MergedCart(
                    handover: handover,
                    at: at,
                    lastLine: cart.lastLine,
                    operations: cart.operations,
                    merges: cart.merges
                )
            )
        case (.none, _), (.open, _), (.checkedOut, _), (.closing, _), (.merged, _), (.deleted, _):
            return
        }
    }

    private mutating func remember(_ operations: OperationLog?, _ merges: MergeLog) {
        switch self {
        case .none:
            return
        case .open(var cart):
            self = .none
            cart.remember(operations, merges)
            self = .open(cart)
        case .checkedOut(var cart, let order):
            cart.remember(operations, merges)
            self = .checkedOut(cart, order)
        case .closing(var cart, let handover):
            cart.remember(operations, merges)
            self = .closing(cart, handover)
        case .merged(var merged):
            merged.operations = operations
            merged.merges = merges
            self = .merged(merged)
        case .deleted(let at, let lastLine, _, _):
            self = .deleted(at: at, lastLine: lastLine, operations: operations, merges: merges)
        }
    }
}

extension OpenCart {
    fileprivate mutating func remember(_ operations: OperationLog?, _ merges: MergeLog) {
        self.operations = operations
        // Most carts have none, and need no room for having none.
        if self.merges != merges { self.merges = merges }
    }

    fileprivate mutating func touch(at: Timestamp) {
        updatedAt = max(updatedAt, at)
    }

    fileprivate mutating func apply(_ event: CartEvent) {
        switch event {
        case .lineAdded(let line, let currency):
            guard line.id > lastLine, self.currency == nil || self.currency == currency else { return }
            // Exactly one more: doubling would cost a small cart up to half a KiB that it may never use.
            lines.reserveCapacity(lines.count + 1)
            lines.append(line)
            lastLine = line.id
            self.currency = currency
        case .lineRenamed(let id, let name, _):
            guard let index = index(of: id) else { return }
            lines[index].name = name
        case .quantityChanged(let id, let quantity, _):
            guard let index = index(of: id) else { return }
            lines[index].quantity = quantity
        case .priceChanged(let id, let unitPrice, _):
            guard let index = index(of: id) else { return }
            lines[index].unitPrice = unitPrice
        case .lineRemoved(let id, _):
            guard let index = index(of: id) else { return }
            lines.remove(at: index)
        case .cleared:
            lines = []
        case .currencyChanged(let currency, _):
            guard lines.isEmpty else { return }
            self.currency = currency
        case .detailsChanged(let details, _):
            self.details = details
        case .detailsPatched(let change, _):
            self.details = change.applied(to: details)
        case .created, .deleted, .checkedOut, .checkoutCancelled, .handedOver, .handOverUndone,
            .handOverFinished, .mergeSettled, .operationApplied:
            return
        }
        touch(at: event.at)
    }

    private func index(of id: LineID) -> Int? {
        lines.firstIndex { $0.id == id }
    }
}
