import Cart
import CartApplication

extension JSONWriter {
    /// The remains of a cart.
    mutating func gone(_ view: GoneCartView) {
        raw("{\"id\":")
        string(view.id.text)
        raw(",\"version\":")
        integer(view.version)
        switch view.end {
        case .deleted(let at):
            raw(",\"state\":\"deleted\",\"deletedAt\":")
            timestamp(at)
        case .merged(let handover, let at):
            raw(",\"state\":\"merged\",\"mergedInto\":")
            self.handover(handover)
            raw(",\"mergedAt\":")
            timestamp(at)
        }
        raw("}")
    }

    /// The cart: every number that an absurd stored state makes meaningless is null.
    mutating func cart(_ view: CartView) {
        let cart = view.cart
        raw("{\"id\":")
        string(view.id.text)
        raw(",\"version\":")
        integer(view.version)
        switch view.shown {
        case .open: raw(",\"state\":\"open\",\"order\":null,\"mergedInto\":null,")
        case .checkedOut(_, let order):
            raw(",\"state\":\"checked-out\",\"order\":{\"id\":")
            string(order.id.text)
            raw(",\"version\":")
            integer(order.version)
            raw(",\"checkedOutAt\":")
            timestamp(order.at)
            raw("},\"mergedInto\":null,")
        case .closing(_, let handover):
            raw(",\"state\":\"merging\",\"order\":null,\"mergedInto\":")
            self.handover(handover)
            raw(",")
        }
        contents(of: cart)
        raw(",\"expiresInSeconds\":")
        integer(cart.expiresIn)
        raw(",\"createdAt\":")
        timestamp(cart.createdAt)
        raw(",\"updatedAt\":")
        timestamp(cart.updatedAt)
        raw(",\"expiresAt\":")
        timestamp(view.expiresAt)
        if let results = view.results { self.results(results) }
        raw("}")
    }

    /// The order: what was ordered, and when.
    mutating func order(_ placed: PlacedOrder) {
        raw("{\"id\":")
        string(placed.order.id.text)
        raw(",\"cart\":")
        string(placed.cart.text)
        raw(",\"version\":")
        integer(placed.order.version)
        raw(",\"checkedOutAt\":")
        timestamp(placed.order.at)
        raw(",")
        contents(of: placed.contents)
        raw("}")
    }

    private mutating func handover(_ handover: Handover) {
        raw("{\"cart\":")
        string(handover.target.text)
        raw(",\"mergeId\":")
        string(handover.merge)
        raw("}")
    }

    /// The members that carts and orders share.
    private mutating func contents(of cart: OpenCart) {
        let currency = AmountCurrency(cart.currency)
        raw("\"currency\":")
        string(currency.code)
        raw(",\"lines\":[")
        var first = true
        for line in cart.lines {
            if first { first = false } else { raw(",") }
            self.line(line, currency)
        }
        raw("],\"totals\":")
        totals(of: cart, currency)
        if cart.hasDetails {
            details(cart.details)
        } else {
            raw(",\"note\":null,\"customerId\":null,\"email\":null,\"attributes\":{},\"discountCodes\":[]")
        }
    }

    mutating func details(_ details: CartDetails) {
        raw(",\"note\":")
        string(details.note)
        raw(",\"customerId\":")
        string(details.customer)
        raw(",\"email\":")
        string(details.email)
        raw(",\"attributes\":")
        attributes(details.attributes)
        raw(",\"discountCodes\":[")
        var first = true
        for code in details.discountCodes {
            if first { first = false } else { raw(",") }
            string(code)
        }
        raw("]")
    }

    private mutating func attributes(_ attributes: Attributes) {
        raw("{")
        var first = true
        for entry in attributes.entries {
            if first { first = false } else { raw(",") }
            string(entry.key)
            raw(":")
            string(entry.value)
        }
        raw("}")
    }

    /// A line of a cart in this currency.
    mutating func line(_ line: Line, _ currency: AmountCurrency) {
        raw("{\"id\":\"")
        integer(line.id.number)
        raw("\",\"sku\":")
        string(line.sku)
        raw(",\"name\":")
        string(line.name)
        raw(",\"quantity\":")
        integer(line.quantity)
        raw(",\"unitPrice\":")
        money(line.unitPrice, currency)
        raw(",\"total\":")
        money(line.total, currency)
        raw(",\"attributes\":")
        attributes(line.attributes)
        raw(",\"addedAt\":")
        timestamp(line.addedAt)
        raw("}")
    }

    private mutating func totals(of cart: OpenCart, _ currency: AmountCurrency) {
        let totals = cart.totals
        raw("{\"lines\":")
        integer(cart.lines.count)
        raw(",\"quantity\":")
        integer(totals?.quantity)
        raw(",\"subtotal\":")
        money(totals?.subtotal, currency)
        raw("}")
    }

    /// An amount of this currency.
    mutating func money(_ minorUnits: Int64?, _ currency: AmountCurrency) {
        guard let minorUnits else { return raw("null") }
        raw("{\"amount\":")
        integer(minorUnits)
        if let last = lastCurrency, last.currency == currency.currency { return again(last.place) }
        let start = count
        raw(",\"currency\":")
        string(currency.code)
        raw(",\"exponent\":")
        integer(currency.exponent)
        raw("}")
        lastCurrency = WrittenCurrency(currency: currency.currency, place: start..<count)
    }
}

/// The end of an amount that was written, which says its currency, and where that is.
struct WrittenCurrency {
    let currency: Currency?
    let place: Range<Int>
}

/// The currency of amounts, looked up once for all that are written.
struct AmountCurrency {
    /// The currency; nil where the cart has none.
    let currency: Currency?
    /// The ISO 4217 code; nil where the cart has none.
    let code: String?
    /// The decimals of the minor unit; nil where ISO 4217 has none for the code.
    let exponent: Int?

    init(_ currency: Currency?) {
        self.currency = currency
        code = currency?.code
        exponent = currency?.exponent
    }
}
