import Cart
import CartApplication

extension JSONWriter {
    /// The history, oldest commits first.
    mutating func history(_ history: CartHistory) {
        raw("{\"id\":")
        string(history.id.text)
        raw(",\"version\":")
        integer(history.version)
        raw(",\"since\":")
        integer(history.since)
        raw(",\"commits\":[")
        // Of prices that follow; unknown where it was set before the first commit that is kept.
        var currency = history.currency
        var first = true
        for commit in history.commits {
            if first { first = false } else { raw(",") }
            raw("{\"version\":")
            integer(commit.version)
            raw(",\"events\":[")
            var isFirstEvent = true
            for event in commit.events {
                if isFirstEvent { isFirstEvent = false } else { raw(",") }
                currency = event.currency(after: currency)
                self.event(event, AmountCurrency(currency))
            }
            raw("]}")
        }
        raw("]}")
    }

    private mutating func event(_ event: CartEvent, _ currency: AmountCurrency) {
        raw("{\"at\":")
        timestamp(event.at)
        raw(",\"event\":")
        switch event {
        case .created(let currency, _):
            raw("\"created\",\"currency\":")
            string(currency?.code)
        case .lineAdded(let line, let currency):
            raw("\"line-added\",\"line\":")
            self.line(line, AmountCurrency(currency))
        case .lineRenamed(let id, let name, _):
            raw("\"line-renamed\",\"lineId\":\"")
            integer(id.number)
            raw("\",\"name\":")
            string(name)
        case .quantityChanged(let id, let quantity, _):
            raw("\"quantity-changed\",\"lineId\":\"")
            integer(id.number)
            raw("\",\"quantity\":")
            integer(quantity)
        case .lineRemoved(let id, _):
            raw("\"line-removed\",\"lineId\":\"")
            integer(id.number)
            raw("\"")
        case .priceChanged(let id, let unitPrice, _):
            raw("\"price-changed\",\"lineId\":\"")
            integer(id.number)
            raw("\",\"unitPrice\":")
            money(unitPrice, currency)
        case .detailsChanged(let details, _):
            raw("\"details-changed\"")
            self.details(details)
        // A history has whole details in its place.
        case .detailsPatched: raw("\"details-changed\"")
        case .checkedOut(let order):
            raw("\"checked-out\",\"order\":")
            string(order.id.text)
        case .checkoutCancelled: raw("\"checkout-cancelled\"")
        case .handedOver(let handover, _):
            raw("\"closed-for-merge\",\"into\":")
            string(handover.target.text)
        case .handOverUndone: raw("\"reopened\"")
        case .handOverFinished: raw("\"merged\"")
        case .mergeSettled(let entry, _, _): raw(entry.isTaken ? "\"merge-taken\"" : "\"merge-declined\"")
        case .currencyChanged(let currency, _):
            raw("\"currency-changed\",\"currency\":")
            string(currency.code)
        case .cleared: raw("\"cleared\"")
        case .deleted: raw("\"deleted\"")
        // Of the key, only a digest is known.
        case .operationApplied: raw("\"operation-applied\"")
        }
        raw("}")
    }
}

extension CartEvent {
    /// The cart's currency after the event.
    fileprivate func currency(after currency: Currency?) -> Currency? {
        switch self {
        case .created(let currency, _): currency
        case .lineAdded(_, let currency), .currencyChanged(let currency, _): currency
        case .lineRenamed, .quantityChanged, .priceChanged, .lineRemoved, .cleared, .detailsChanged,
            .detailsPatched, .deleted, .checkedOut, .checkoutCancelled, .handedOver, .handOverUndone,
            .handOverFinished, .mergeSettled, .operationApplied:
            currency
        }
    }
}
