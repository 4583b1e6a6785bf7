import Cart
import CartApplication
import CartProtobuf
import SwiftProtobuf

extension ServedCart {
    /// Nil for a cart that is not there.
    init?(_ id: CartID, _ state: CartState, version: UInt64) {
        self.init()
        switch state {
        case .none, .deleted:
            return nil
        case .open(let cart):
            self.state = .open
            set(cart)
        case .checkedOut(let cart, let order):
            self.state = .checkedOut
            set(cart)
            self.order = .with {
                $0.id = order.id.text
                $0.version = order.version
                $0.checkedOutAt = Google_Protobuf_Timestamp(order.at)
            }
        case .closing(let cart, let handover):
            self.state = .merging
            set(cart)
            mergedInto = ServedPointer(handover)
        case .merged(let merged):
            self.state = .merged
            mergedInto = ServedPointer(merged.handover)
            mergedAt = Google_Protobuf_Timestamp(merged.at)
        }
        self.id = id.text
        self.version = version
    }

    private mutating func set(_ cart: OpenCart) {
        let nothing = ServedMoney(cart.currency)
        currency = nothing.currency
        lines = cart.lines.map { ServedLine($0, nothing) }
        if let totals = cart.totals { self.totals = ServedTotals(totals, nothing) }
        if cart.hasDetails { details = ServedDetails(cart.details) }
        createdAt = Google_Protobuf_Timestamp(cart.createdAt)
        updatedAt = Google_Protobuf_Timestamp(cart.updatedAt)
    }
}

extension ServedOrder {
    init(_ placed: PlacedOrder) {
        let (cart, order) = (placed.contents, placed.order)
        let nothing = ServedMoney(cart.currency)
        self.init()
        id = order.id.text
        cartID = placed.cart.text
        version = order.version
        checkedOutAt = Google_Protobuf_Timestamp(order.at)
        currency = nothing.currency
        lines = cart.lines.map { ServedLine($0, nothing) }
        if let totals = cart.totals { self.totals = ServedTotals(totals, nothing) }
        if cart.hasDetails { details = ServedDetails(cart.details) }
    }
}

extension ServedPointer {
    fileprivate init(_ handover: Handover) {
        self.init()
        cartID = handover.target.text
        mergeID = handover.merge
    }
}

extension ServedTotals {
    fileprivate init(_ totals: Totals, _ nothing: ServedMoney) {
        self.init()
        lines = UInt32(clamping: totals.lines)
        quantity = totals.quantity
        subtotal = nothing.with(totals.subtotal)
    }
}

extension ServedDetails {
    fileprivate init(_ details: CartDetails) {
        self.init()
        note = details.note ?? ""
        customerID = details.customer ?? ""
        email = details.email ?? ""
        for entry in details.attributes.entries { attributes[entry.key] = entry.value }
        discountCodes = details.discountCodes
        if let seconds = details.expiresIn { expiresInSeconds = seconds }
    }
}

extension ServedLine {
    fileprivate init(_ line: Line, _ nothing: ServedMoney) {
        self.init()
        id = line.id.number
        sku = line.sku
        name = line.name ?? ""
        quantity = line.quantity
        unitPrice = nothing.with(line.unitPrice)
        if let total = line.total { self.total = nothing.with(total) }
        for entry in line.attributes.entries { attributes[entry.key] = entry.value }
        addedAt = Google_Protobuf_Timestamp(line.addedAt)
    }
}

extension ServedMoney {
    /// Nothing, in this currency.
    fileprivate init(_ currency: Currency?) {
        self.init()
        self.currency = currency?.code ?? ""
        if let exponent = currency?.exponent { self.exponent = Int32(clamping: exponent) }
    }

    /// So much of the same currency.
    fileprivate func with(_ minorUnits: Int64) -> ServedMoney {
        var money = self
        money.minorUnits = minorUnits
        return money
    }
}

extension Google_Protobuf_Timestamp {
    init(_ time: Timestamp) {
        // Nanoseconds count forwards, also before 1970.
        let (seconds, rest) = time.milliseconds.quotientAndRemainder(dividingBy: 1_000)
        let isEarly = rest < 0
        self.init(
            seconds: isEarly ? seconds - 1 : seconds,
            nanos: Int32(truncatingIfNeeded: (isEarly ? rest + 1_000 : rest) * 1_000_000)
        )
    }
}
