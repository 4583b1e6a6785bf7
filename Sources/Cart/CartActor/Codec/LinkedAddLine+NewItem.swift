import ActorRuntime
import Cart
import CartProtobuf
import SwiftProtobuf

extension LinkedAddLine {
    /// The item as it travels.
    init(_ item: NewItem) {
        self.init()
        sku = item.sku
        name = item.name ?? ""
        quantity = item.quantity
        unitPrice = item.unitPrice.minorUnits
        currency = item.unitPrice.currency.code
        attributes = item.attributes.entries.map(StoredAttribute.init)
    }

    /// The item that travelled.
    func item() throws(CodecFailure) -> NewItem {
        guard let currency = try Currency(wire: currency) else {
            throw CodecFailure("a price without a currency")
        }
        return NewItem(
            sku: sku,
            name: name.isEmpty ? nil : name,
            quantity: quantity,
            unitPrice: Money(minorUnits: unitPrice, currency: currency),
            attributes: Attributes(attributes)
        )
    }
}

extension LinkedSetPrice {
    /// The price as it travels.
    init(_ line: LineID, _ price: Money) {
        self.init()
        self.line = line.number
        unitPrice = price.minorUnits
        currency = price.currency.code
    }

    /// The price that travelled.
    func change() throws(CodecFailure) -> CartCommand.Change {
        guard let currency = try Currency(wire: currency) else {
            throw CodecFailure("a price without a currency")
        }
        return .setPrice(LineID(line), Money(minorUnits: unitPrice, currency: currency))
    }
}

extension LinkedTakeOut {
    /// The quantities as they travel.
    init(_ quantities: [LineQuantity]) {
        self.init()
        lines = quantities.map { part in
            .with {
                $0.line = part.line.number
                $0.quantity = part.quantity
            }
        }
    }
}
