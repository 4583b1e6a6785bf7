import Cart

extension JSONWriter {
    /// The effect of each action of a batch.
    mutating func results(_ effects: [CartOutcome.Effect]) {
        raw(",\"results\":[")
        var first = true
        for effect in effects {
            if first { first = false } else { raw(",") }
            raw("{\"effect\":")
            let (name, line) = Self.words(effect)
            string(name)
            raw(",\"lineId\":")
            string(line?.text)
            raw("}")
        }
        raw("]")
    }

    /// The name of an effect, and the line that it is about.
    private static func words(_ effect: CartOutcome.Effect) -> (String, LineID?) {
        switch effect {
        case .read: ("read", nil)
        case .created: ("created", nil)
        case .existed: ("existed", nil)
        case .lineAdded(let line): ("line-added", line)
        case .lineIncreased(let line): ("line-increased", line)
        case .quantityChanged(let line): ("quantity-changed", line)
        case .lineRemoved(let line): ("line-removed", line)
        case .cleared: ("cleared", nil)
        case .deleted: ("deleted", nil)
        case .unchanged: ("unchanged", nil)
        case .detailsChanged: ("details-changed", nil)
        case .priceChanged(let line): ("price-changed", line)
        case .takenOut: ("taken-out", nil)
        case .currencyChanged: ("currency-changed", nil)
        case .actions: ("actions", nil)
        case .checkedOut: ("checked-out", nil)
        case .checkoutCancelled: ("checkout-cancelled", nil)
        case .merged: ("merged", nil)
        case .mergeDeclined: ("merge-declined", nil)
        case .handedOver: ("handed-over", nil)
        case .handOverFinished: ("hand-over-finished", nil)
        case .handOverUndone: ("hand-over-undone", nil)
        }
    }
}
