import Cart
import CartWire
import Hosting
import SwiftProtobuf

extension StoredCart {
    /// The record as it is stored, unknown fields in their places.
    ///
    /// - Parameters:
    ///   - withOperations: false for whoever only shows it.
    ///   - withLines: false where they are kept elsewhere.
    init(_ record: CartRecord, withOperations: Bool = true, withLines: Bool = true) {
        self.init()
        schemaVersion = CartCodec.schemaVersion
        let unknown = record.unknown
        switch record.cart {
        case .none:
            none = StoredNone()
        case .open(let cart):
            var message = StoredOpen(cart, unknown, withLines: withLines)
            message.logged = withOperations && cart.operations != nil
            if let unknown { message.unknownFields = unknown.kind }
            open = message
        case .deleted(let at, let lastLine, let operations):
            var message = StoredDeleted()
            message.atMs = at.milliseconds
            message.lastLine = lastLine.number
            message.logged = withOperations && operations != nil
            if let unknown { message.unknownFields = unknown.kind }
            deleted = message
        }
        if withOperations, let operations = record.cart.operations { log = StoredLog(operations) }
        if let unknown { unknownFields = unknown.record }
    }

    /// The record that was stored.
    func record() throws(CodecFailure) -> CartRecord {
        guard schemaVersion > 0 else { throw CodecFailure("a stored cart without a schema version") }
        guard schemaVersion <= CartCodec.schemaVersion else {
            throw CodecFailure(
                """
                the cart is stored in schema version \(schemaVersion) and this build knows up to \
                \(CartCodec.schemaVersion): it is left to newer builds
                """
            )
        }
        switch kind {
        case .open(let message):
            guard message.linesApart == 0 else { throw CodecFailure("a stored cart without its lines") }
            return CartRecord(
                cart: .open(try message.cart(try operations(message.logged))),
                unknown: unknown(message)
            )
        case .deleted(let message):
            return CartRecord(
                cart: .deleted(
                    at: Timestamp(milliseconds: message.atMs),
                    lastLine: LineID(message.lastLine),
                    operations: try operations(message.logged)
                ),
                unknown: UnknownParts(record: unknownFields, kind: message.unknownFields, lines: [:])
            )
        case .none?:
            return CartRecord(
                cart: .none,
                unknown: UnknownParts(record: unknownFields, kind: UnknownStorage(), lines: [:])
            )
        case nil:
            throw CodecFailure("a stored cart that is neither open nor deleted nor none")
        }
    }

    private func operations(_ logged: Bool) throws(CodecFailure) -> OperationLog? {
        guard hasLog || !logged else { throw CodecFailure("a stored cart whose log was cut off") }
        return hasLog ? try log.operations() : nil
    }

    private func unknown(_ open: StoredOpen) -> UnknownParts? {
        var lines: [LineID: UnknownStorage] = [:]
        for line in open.lines where !line.unknownFields.data.isEmpty {
            lines[LineID(line.id)] = line.unknownFields
        }
        return UnknownParts(record: unknownFields, kind: open.unknownFields, lines: lines)
    }
}

extension StoredOpen {
    fileprivate init(_ cart: OpenCart, _ unknown: UnknownParts?, withLines: Bool) {
        self.init()
        currency = cart.currency?.code ?? ""
        createdAtMs = cart.createdAt.milliseconds
        updatedAtMs = cart.updatedAt.milliseconds
        lastLine = cart.lastLine.number
        if withLines { lines = cart.lines.map { StoredLine($0, unknown) } }
    }

    fileprivate func cart(_ operations: OperationLog?) throws(CodecFailure) -> OpenCart {
        OpenCart(
            currency: try Currency(wire: currency),
            lines: lines.map(Line.init),
            lastLine: LineID(lastLine),
            createdAt: Timestamp(milliseconds: createdAtMs),
            updatedAt: Timestamp(milliseconds: updatedAtMs),
            operations: operations
        )
    }
}

extension StoredLine {
    /// The line as it is stored, with what a newer build said of it.
    init(_ line: Line, _ unknown: UnknownParts?) {
        self.init()
        if let unknown = unknown?.lines[line.id] { unknownFields = unknown }
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
