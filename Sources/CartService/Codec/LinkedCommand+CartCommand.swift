import Cart
import CartWire
import Hosting
import SwiftProtobuf

extension LinkedCommand {
    /// The command as it travels.
    init(_ command: CartCommand) throws {
        self.init()
        switch command {
        case .read:
            read = LinkedRead()
        case .change(let change, let at, let expected, let operation?):
            keyed = LinkedKeyed(operation)
            keyed.change = try LinkedCommand(.change(change, at: at, expected: expected)).serializedBytes()
        case .change(let change, let at, let expected, nil):
            kind = Self.kind(change)
            atMs = at.milliseconds
            if let expected { self.expected = expected }
        }
    }

    /// The command that travelled.
    func command() throws(CodecFailure) -> CartCommand {
        guard case .keyed(let message) = kind else { return try command(nil) }
        let change: LinkedCommand
        do {
            change = try LinkedCommand(serializedBytes: message.change)
        } catch {
            throw CodecFailure("a keyed change can not be read: \(error)")
        }
        return try change.command(message.operation)
    }

    private func command(_ operation: CartOperation?) throws(CodecFailure) -> CartCommand {
        guard let kind else { throw CodecFailure("a command of a kind that this build does not know") }
        let change: CartCommand.Change
        switch kind {
        case .read:
            guard operation == nil else { throw CodecFailure("a read under a key") }
            return .read
        case .keyed:
            throw CodecFailure("a key within a key")
        case .create(let message): change = .create(currency: try Currency(wire: message.currency))
        case .addLine(let message): change = .addLine(try message.item())
        case .setQuantity(let message): change = .setQuantity(LineID(message.line), message.quantity)
        case .removeLine(let message): change = .removeLine(LineID(message.line))
        case .clear: change = .clear
        case .delete: change = .delete
        }
        return .change(
            change,
            at: Timestamp(milliseconds: atMs),
            expected: hasExpected ? expected : nil,
            operation: operation
        )
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

extension LinkedKeyed {
    fileprivate init(_ operation: CartOperation) {
        self.init()
        (keyHigh, keyLow) = operation.key.halves
        (requestHigh, requestLow) = operation.request.halves
    }

    fileprivate var operation: CartOperation {
        CartOperation(
            key: UInt128(halves: keyHigh, keyLow),
            request: UInt128(halves: requestHigh, requestLow)
        )
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
