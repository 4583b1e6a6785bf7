import ActorRuntime
import Cart
import CartProtobuf

extension StoredLine {
    /// The line as it is stored, with what a newer build said of it.
    init(_ line: Line, _ unknown: UnknownFields?) {
        self.init(line)
        if let unknown = unknown?.lines[line.id] { unknownFields = unknown }
    }

    /// The line as it is stored.
    init(_ line: Line) {
        self.init()
        id = line.id.number
        sku = line.sku
        name = line.name ?? ""
        quantity = line.quantity
        unitPrice = line.unitPrice
        addedAtMs = line.addedAt.milliseconds
        attributes = line.attributes.entries.map(StoredAttribute.init)
    }
}

extension Line {
    /// The line that was stored.
    init(_ message: StoredLine) {
        self.init(
            id: LineID(message.id),
            sku: message.sku,
            name: message.name.isEmpty ? nil : message.name,
            quantity: message.quantity,
            unitPrice: message.unitPrice,
            attributes: Attributes(message.attributes),
            addedAt: Timestamp(milliseconds: message.addedAtMs)
        )
    }
}

extension StoredAttribute {
    init(_ entry: Attributes.Entry) {
        self.init()
        key = entry.key
        value = entry.value
    }
}

extension Attributes {
    init(_ messages: [StoredAttribute]) {
        // Spares the common line without attributes a dictionary.
        self =
            messages.isEmpty ? Attributes() : Attributes(messages.lazy.map { (key: $0.key, value: $0.value) })
    }
}

extension Currency {
    /// Nil for an empty code.
    init?(wire code: String) throws(CodecFailure) {
        if code.isEmpty { return nil }
        guard let currency = Currency(stored: code) else { throw CodecFailure("a currency that is not one") }
        self = currency
    }
}
