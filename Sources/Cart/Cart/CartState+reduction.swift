extension CartState {
    /// True if `after` holds less than this state and nothing new: lines went or became fewer, details were
    /// removed, or the cart is no more. What a cart remembers of operations, and its times, do not count.
    package func isReduced(to after: CartState) -> Bool {
        switch after {
        case .none, .checkedOut, .closing:
            false
        case .deleted, .merged:
            contents != nil
        case .open(let after):
            switch self {
            case .open(let before): before.contains(after) && !after.contains(before)
            // The order, or the offer to another cart, is gone.
            case .checkedOut(let before, _), .closing(let before, _): before.contains(after)
            case .none, .merged, .deleted: false
            }
        }
    }
}

extension OpenCart {
    /// True if the other cart has no line, quantity, detail or merge that this one does not have.
    fileprivate func contains(_ other: OpenCart) -> Bool {
        guard currency == other.currency, merges == other.merges else { return false }
        if other.hasDetails, !details.contains(other.details) { return false }
        // Lines stay in the order of their addition, so one pass over both is enough. By index: every commit comes
        // by here, and copies of lines cost more than comparing them.
        var place = 0
        for index in other.lines.indices {
            let id = other.lines[index].id
            while place < lines.count, lines[place].id != id { place += 1 }
            guard place < lines.count, lines[place].contains(other.lines[index]) else { return false }
            place += 1
        }
        return true
    }
}

extension Line {
    /// True if the other line is this one with the same or a smaller quantity.
    fileprivate func contains(_ other: Line) -> Bool {
        if other == self { return true }
        guard other.quantity < quantity else { return false }
        var same = other
        same.quantity = quantity
        return same == self
    }
}

extension CartDetails {
    /// True if each of the other details is among these.
    fileprivate func contains(_ other: CartDetails) -> Bool {
        func covers<Value: Equatable>(_ value: Value?, other: Value?) -> Bool {
            other == nil || other == value
        }
        return covers(note, other: other.note) && covers(customer, other: other.customer)
            && covers(email, other: other.email) && covers(expiresIn, other: other.expiresIn)
            && Set(discountCodes).isSuperset(of: other.discountCodes)
            && other.attributes.entries.allSatisfy { attributes.entries.contains($0) }
    }
}
