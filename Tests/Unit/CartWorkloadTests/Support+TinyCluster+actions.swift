import CartWorkload

// The effect of each action on the one cart of a tiny cluster.
extension TinyCluster {
    mutating func apply(
        _ operation: WorkloadOperation,
        to state: inout CartObservation?,
        _ version: UInt64
    ) -> Decision {
        let isKeyed = operation.key != nil
        guard let before = state else {
            guard case .create = operation.action else { return Decision(rejection: .cartMissing) }
            state = CartObservation(version: version, lines: [])
            return remember(operation, version)
        }
        if let refusal = refusal(operation.action, in: before, version) { return refusal }
        var (phase, note, mark, lines) = (before.phase, before.note, before.mark, before.lines)
        switch operation.action {
        case .read, .merge:
            return Decision()
        case .create:
            guard phase == .deleted || isKeyed else { return Decision() }
            phase = .open
        case .add(let article, let quantity):
            append(article, quantity, to: &lines)
        case .setQuantity(let id, let quantity):
            guard let line = before.line(id) else { return Decision(rejection: .lineMissing) }
            lines = lines.map { $0.id == id ? line.with(quantity: quantity) : $0 }
        case .setPrice(let id, let price):
            guard let line = before.line(id) else { return Decision(rejection: .lineMissing) }
            if strikes(.losesPrices) {
                isFlawed = true
            } else {
                lines = lines.map { $0.id == id ? line.with(price: price) : $0 }
            }
        case .takeOut(let id, let quantity):
            guard let line = before.line(id) else {
                guard isKeyed else { return Decision() }
                break
            }
            lines = lines.map {
                $0.id == id ? line.with(quantity: line.quantity - min(quantity, line.quantity - 1)) : $0
            }
        case .remove(let id):
            guard before.line(id) != nil else { return Decision(rejection: .lineMissing) }
            lines.removeAll { $0.id == id }
        case .replace(let id, let article, let quantity):
            guard before.line(id) != nil else { return Decision(rejection: .lineMissing) }
            if strikes(.halvesBatches) { isFlawed = true } else { lines.removeAll { $0.id == id } }
            append(article, quantity, to: &lines)
        case .refill(let article, let quantity):
            lines = strikes(.clearsInPart) ? flawed(Array(lines.prefix(1))) : []
            append(article, quantity, to: &lines)
        case .clear:
            guard !lines.isEmpty || isKeyed else { return Decision() }
            lines = strikes(.clearsInPart) ? flawed(Array(lines.prefix(1))) : []
        case .setNote(let article):
            if losesDetails() { isFlawed = true } else { note = article }
        case .setMark(let article):
            if losesDetails() { isFlawed = true } else { mark = article }
        case .unsetDetails:
            guard note != nil || mark != nil || isKeyed else { return Decision() }
            if note != nil, losesDetails() { isFlawed = true } else { note = nil }
            mark = nil
        case .checkOut(let ordered):
            guard phase == .open else {
                guard isKeyed else { return Decision() }
                break
            }
            if strikes(.forgetsOrders) { isFlawed = true } else { phase = .ordered(version: ordered) }
        case .cancelCheckout:
            guard phase != .open || isKeyed else { return Decision() }
            phase = .open
        case .delete:
            guard phase != .deleted || isKeyed else { return Decision() }
            if strikes(.keepsDeleted), !lines.isEmpty {
                isFlawed = true
            } else {
                (phase, note, mark, lines) = (.deleted, nil, nil, [])
            }
        }
        state = CartObservation(version: version, phase: phase, note: note, mark: mark, lines: lines)
        return remember(operation, version)
    }

    /// Few changes are of details, and some that are lost may have been removed: the defect strikes more often
    /// than others.
    private mutating func losesDetails() -> Bool { strikes(.losesNotes, chance: 0.5) }

    private mutating func flawed(_ lines: [CartObservation.Line]) -> [CartObservation.Line] {
        if !lines.isEmpty { isFlawed = true }
        return lines
    }

    private mutating func append(
        _ article: Article,
        _ quantity: UInt32,
        to lines: inout [CartObservation.Line]
    ) {
        lines.append(.init(id: nextLine, article: article, quantity: quantity))
        nextLine += 1
    }

    /// The refusal of an action by the phase of the cart, if there is one.
    private mutating func refusal(_ action: Action, in cart: CartObservation, _ version: UInt64) -> Decision?
    {
        switch (cart.phase, action) {
        case (.open, .checkOut(let ordered)):
            if cart.lines.isEmpty { return Decision(rejection: .empty) }
            // The version of a state that is itself part of the commit is that of the commit.
            let actual = cart.version
            return ordered == actual ? nil : Decision(rejection: .versionMismatch(actual: actual))
        case (.open, _): return nil
        case (.ordered, .read), (.ordered, .cancelCheckout), (.ordered, .delete): return nil
        case (.ordered(let ordered), .checkOut(let asked)) where ordered == asked: return nil
        case (.ordered, .add):
            guard strikes(.changesOrders) else { return Decision(rejection: .ordered) }
            isFlawed = true
            return nil
        case (.ordered, _): return Decision(rejection: .ordered)
        case (.deleted, .create), (.deleted, .delete): return nil
        case (.deleted, _): return Decision(rejection: .cartDeleted)
        case (.merging, _), (.merged, _): return Decision(rejection: .merged(nil))
        }
    }
}

extension CartObservation.Line {
    /// The line with another quantity or price.
    func with(quantity: UInt32? = nil, price: UInt32? = nil) -> CartObservation.Line {
        CartObservation.Line(
            id: id,
            article: article,
            quantity: quantity ?? self.quantity,
            price: price ?? self.price
        )
    }
}
