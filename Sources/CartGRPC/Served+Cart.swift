import Cart
import CartService
import CartWire
import Hosting
import SwiftProtobuf

extension ServedCart {
    init(_ id: CartID, _ cart: OpenCart, version: UInt64) {
        let currency = cart.currency?.code ?? ""
        self.init()
        self.id = id.text
        self.version = version
        self.currency = currency
        lines = cart.lines.map { ServedLine($0, currency) }
        if let totals = cart.totals {
            self.totals = .with {
                $0.lines = UInt32(clamping: totals.lines)
                $0.quantity = totals.quantity
                $0.subtotal = ServedMoney(totals.subtotal, currency)
            }
        }
        createdAt = Google_Protobuf_Timestamp(cart.createdAt)
        updatedAt = Google_Protobuf_Timestamp(cart.updatedAt)
    }
}

extension ServedLine {
    fileprivate init(_ line: Line, _ currency: String) {
        self.init()
        id = line.id.number
        sku = line.sku
        name = line.name ?? ""
        quantity = line.quantity
        unitPrice = ServedMoney(line.unitPrice, currency)
        if let total = line.total { self.total = ServedMoney(total, currency) }
        for entry in line.attributes.entries { attributes[entry.key] = entry.value }
        addedAt = Google_Protobuf_Timestamp(line.addedAt)
    }
}

extension ServedMoney {
    fileprivate init(_ minorUnits: Int64, _ currency: String) {
        self.init()
        self.minorUnits = minorUnits
        self.currency = currency
    }
}

extension Google_Protobuf_Timestamp {
    fileprivate init(_ time: Timestamp) {
        // Nanoseconds count forwards, also before 1970.
        let (seconds, rest) = time.milliseconds.quotientAndRemainder(dividingBy: 1_000)
        let isEarly = rest < 0
        self.init(
            seconds: isEarly ? seconds - 1 : seconds,
            nanos: Int32(truncatingIfNeeded: (isEarly ? rest + 1_000 : rest) * 1_000_000)
        )
    }
}

extension ServedChangeResponse {
    init(_ id: CartID, _ reply: CartReply, _ record: CartRecord, _ answer: Answer<CartLogic>) {
        self.init()
        if let cart = record.cart.cart { self.cart = ServedCart(id, cart, version: answer.sequence) }
        (effect, lineID) = Self.effect(reply.effect)
        committedVersion = reply.replayed ?? answer.sequence
        replayed = reply.replayed != nil
        node = answer.node
    }

    private static func effect(_ effect: CartOutcome.Effect) -> (ServedEffect, UInt32) {
        switch effect {
        case .created: (.created, 0)
        case .existed: (.existed, 0)
        case .lineAdded(let line): (.lineAdded, line.number)
        case .lineIncreased(let line): (.lineIncreased, line.number)
        case .quantityChanged(let line): (.quantityChanged, line.number)
        case .lineRemoved(let line): (.lineRemoved, line.number)
        case .cleared: (.cleared, 0)
        case .deleted: (.deleted, 0)
        // A read changes nothing either.
        case .read, .unchanged: (.unchanged, 0)
        // No change of this protocol does so.
        case .detailsChanged, .priceChanged, .takenOut, .actions, .checkedOut, .checkoutCancelled, .merged,
            .mergeDeclined, .handedOver, .handOverFinished, .handOverUndone:
            (.unspecified, 0)
        }
    }
}
