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
        var first = true
        for commit in history.commits {
            if first { first = false } else { raw(",") }
            raw("{\"version\":")
            integer(commit.version)
            raw(",\"events\":[")
            var isFirstEvent = true
            for event in commit.events {
                if isFirstEvent { isFirstEvent = false } else { raw(",") }
                self.event(event)
            }
            raw("]}")
        }
        raw("]}")
    }

    private mutating func event(_ event: CartEvent) {
        raw("{\"at\":")
        timestamp(event.at)
        raw(",\"event\":")
        switch event {
        case .created(let currency, _):
            raw("\"created\",\"currency\":")
            string(currency?.code)
        case .lineAdded(let line, let currency):
            raw("\"line-added\",\"line\":")
            self.line(line, currency.code)
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
            integer(unitPrice)
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
        case .cleared: raw("\"cleared\"")
        case .deleted: raw("\"deleted\"")
        // Of the key, only a digest is known.
        case .operationApplied: raw("\"operation-applied\"")
        }
        raw("}")
    }
}
