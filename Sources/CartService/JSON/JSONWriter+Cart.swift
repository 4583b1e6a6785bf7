import Cart

/// A cart as clients see it.
struct CartView {
    let id: CartID
    let cart: OpenCart
    let version: UInt64
    /// Milliseconds that a cart is kept after its last change.
    let retention: Int64

    /// When the cart may be forgotten if nothing changes: not before, but possibly later, as being read keeps it too.
    var expiresAt: Timestamp? {
        let (sum, overflow) = cart.updatedAt.milliseconds.addingReportingOverflow(retention)
        return overflow ? nil : Timestamp(milliseconds: sum)
    }

    /// About what it takes written; a common cart fits.
    var capacity: Int { 512 + cart.lines.count * 320 }
}

/// A deleted cart as those see it who are told that their change of it was made.
struct GoneView {
    let id: CartID
    let version: UInt64
    let deletedAt: Timestamp
}

extension JSONWriter {
    /// That the cart is gone.
    mutating func gone(_ view: GoneView) {
        raw("{\"id\":")
        string(view.id.text)
        raw(",\"version\":")
        integer(view.version)
        raw(",\"state\":\"deleted\",\"deletedAt\":")
        timestamp(view.deletedAt)
        raw("}")
    }

    /// The cart: every number that an absurd stored state makes meaningless is null.
    mutating func cart(_ view: CartView) {
        let cart = view.cart
        let currency = cart.currency?.code
        raw("{\"id\":")
        string(view.id.text)
        raw(",\"version\":")
        integer(view.version)
        raw(",\"state\":\"open\",\"currency\":")
        string(currency)
        raw(",\"lines\":[")
        var first = true
        for line in cart.lines {
            if first { first = false } else { raw(",") }
            self.line(line, currency)
        }
        raw("],\"totals\":")
        totals(of: cart, currency)
        raw(",\"createdAt\":")
        timestamp(cart.createdAt)
        raw(",\"updatedAt\":")
        timestamp(cart.updatedAt)
        raw(",\"expiresAt\":")
        timestamp(view.expiresAt)
        raw("}")
    }

    /// A line of a cart in this currency.
    mutating func line(_ line: Line, _ currency: String?) {
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
        raw(",\"attributes\":{")
        var first = true
        for entry in line.attributes.entries {
            if first { first = false } else { raw(",") }
            string(entry.key)
            raw(":")
            string(entry.value)
        }
        raw("},\"addedAt\":")
        timestamp(line.addedAt)
        raw("}")
    }

    private mutating func totals(of cart: OpenCart, _ currency: String?) {
        let totals = cart.totals
        raw("{\"lines\":")
        integer(cart.lines.count)
        raw(",\"quantity\":")
        integer(totals?.quantity)
        raw(",\"subtotal\":")
        money(totals?.subtotal, currency)
        raw("}")
    }

    private mutating func money(_ minorUnits: Int64?, _ currency: String?) {
        guard let minorUnits else { return raw("null") }
        raw("{\"amount\":")
        integer(minorUnits)
        raw(",\"currency\":")
        string(currency)
        raw("}")
    }
}
