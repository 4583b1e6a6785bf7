import Cart
import CartWire
import Hosting
import SwiftProtobuf

extension LinkedCommand {
    /// The command as it travels.
    init(_ command: CartCommand) {
        self.init()
        switch command {
        case .read:
            read = LinkedRead()
        case .change(let change, let at, let expected):
            kind = Self.kind(change)
            atMs = at.milliseconds
            if let expected { self.expected = expected }
        }
    }

    /// The command that travelled.
    func command() throws(CodecFailure) -> CartCommand {
        guard let kind else { throw CodecFailure("a command of a kind that this build does not know") }
        let change: CartCommand.Change
        switch kind {
        case .read: return .read
        case .create(let message): change = .create(currency: try Currency(wire: message.currency))
        case .addLine(let message): change = .addLine(try message.item())
        case .setQuantity(let message): change = .setQuantity(LineID(message.line), message.quantity)
        case .removeLine(let message): change = .removeLine(LineID(message.line))
        case .clear: change = .clear
        case .delete: change = .delete
        }
        return .change(change, at: Timestamp(milliseconds: atMs), expected: hasExpected ? expected : nil)
    }

    private static func kind(_ change: CartCommand.Change) -> OneOf_Kind {
        switch change {
        case .create(let currency):
            return .create(.with { $0.currency = currency?.code ?? "" })
        case .addLine(let item):
            return .addLine(LinkedAddLine(item))
        case .setQuantity(let line, let quantity):
            return .setQuantity(
                .with {
                    $0.line = line.number
                    $0.quantity = quantity
                }
            )
        case .removeLine(let line):
            return .removeLine(.with { $0.line = line.number })
        case .clear:
            return .clear(LinkedClear())
        case .delete:
            return .delete(LinkedDelete())
        }
    }
}

extension LinkedAddLine {
    fileprivate init(_ item: NewItem) {
        self.init()
        sku = item.sku
        name = item.name ?? ""
        quantity = item.quantity
        unitPrice = item.unitPrice.minorUnits
        currency = item.unitPrice.currency.code
        attributes = item.attributes.entries.map(StoredAttribute.init)
    }

    fileprivate func item() throws(CodecFailure) -> NewItem {
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
