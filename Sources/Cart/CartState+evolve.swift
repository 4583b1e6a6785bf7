extension CartState {
    /// Makes the event part of the state. Total: an event that cannot apply leaves the state as it is.
    ///
    /// That is: `created` on an open cart; any other event on a cart that is not open; one about an unknown line;
    /// `lineAdded` with an id not above `lastLine` (it was applied before, or never rightly decided) or in another currency
    /// than the cart's; `operationApplied` on `none`, which nothing was ever applied to.
    package mutating func apply(_ event: CartEvent) {
        switch self {
        case .none:
            if case .created(let currency, let at) = event { self = .open(OpenCart(currency, at)) }
        case .deleted(let deletedAt, let lastLine, let operations):
            switch event {
            case .created(let currency, let at):
                self = .open(OpenCart(currency, at, after: lastLine, operations))
            case .operationApplied(let applied, let room, _):
                let operations = OperationLog.adding(applied, to: operations, room)
                self = .deleted(at: deletedAt, lastLine: lastLine, operations: operations)
            case .lineAdded, .lineRenamed, .quantityChanged, .lineRemoved, .cleared, .deleted:
                return
            }
        case .open(var cart):
            if case .deleted(let at) = event {
                self = .deleted(at: at, lastLine: cart.lastLine, operations: cart.operations)
            } else {
                // Gives up the other reference to the lines, which would make every change copy them.
                self = .none
                cart.apply(event)
                self = .open(cart)
            }
        }
    }
}

extension OpenCart {
    /// An empty cart that was just created.
    fileprivate init(
        _ currency: Currency?,
        _ at: Timestamp,
        after lastLine: LineID = LineID(0),
        _ operations: OperationLog? = nil
    ) {
        self.init(
            currency: currency,
            lines: [],
            lastLine: lastLine,
            createdAt: at,
            updatedAt: at,
            operations: operations
        )
    }

    fileprivate mutating func apply(_ event: CartEvent) {
        switch event {
        case .created, .deleted:
            return
        case .operationApplied(let applied, let room, _):
            operations = OperationLog.adding(applied, to: operations, room)
            return
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
        case .lineRemoved(let id, _):
            guard let index = index(of: id) else { return }
            lines.remove(at: index)
        case .cleared:
            lines = []
        }
        updatedAt = max(updatedAt, event.at)
    }

    private func index(of id: LineID) -> Int? {
        lines.firstIndex { $0.id == id }
    }
}
