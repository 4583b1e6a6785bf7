extension CartState {
    /// Makes the event part of the state. Total: an event that cannot apply leaves the state as it is.
    ///
    /// That is: `created` on an open cart; any other event on a cart that is not open; one about an unknown line;
    /// `lineAdded` with an id not above `lastLine` (it was applied before, or never rightly decided) or in another currency
    /// than the cart's.
    package mutating func apply(_ event: CartEvent) {
        switch self {
        case .none, .deleted:
            if case .created(let currency, let at) = event {
                let lastLine = lastLine
                self = .open(
                    OpenCart(currency: currency, lines: [], lastLine: lastLine, createdAt: at, updatedAt: at)
                )
            }
        case .open(var cart):
            if case .deleted(let at) = event {
                self = .deleted(at: at, lastLine: cart.lastLine)
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
    fileprivate mutating func apply(_ event: CartEvent) {
        switch event {
        case .created, .deleted:
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
