import Cart
import CartProtobuf
import WireFormat

// On the hot path, guarded by restores and by what is forwarded in `Benchmarks/measure`.

/// An open cart as it is stored, without anything rare: read from its bytes without message objects, which cost
/// several times as much. `PlainReadingTests` compares it with what the library reads.
struct PlainCart {
    var currency: Currency?
    var createdAt: Timestamp
    var updatedAt: Timestamp
    var lastLine: LineID
    var lines: [Line]
    /// The number of lines in fields of their own.
    var linesApart: UInt32
    /// The numbers of the operations, where each is in a field of its own.
    var logApart: StoredLogApart?

    /// Nil for bytes that are the library's to read or to refuse.
    init?(_ bytes: [UInt8]) {
        let cart = bytes.withUnsafeBytes { bytes in
            var reader = MessageReader(bytes)
            return try? reader.cart()
        }
        guard let cart else { return nil }
        self = cart
    }

    fileprivate init(
        currency: Currency?,
        createdAt: Timestamp,
        updatedAt: Timestamp,
        lastLine: LineID,
        lines: [Line],
        linesApart: UInt32
    ) {
        self.currency = currency
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.lastLine = lastLine
        self.lines = lines
        self.linesApart = linesApart
    }

    /// The record with these operations.
    func record(_ operations: OperationLog?) -> CartRecord {
        let cart = OpenCart(
            currency: currency,
            lines: lines,
            lastLine: lastLine,
            createdAt: createdAt,
            updatedAt: updatedAt,
            operations: operations
        )
        return CartRecord(cart: .open(cart))
    }
}

extension Line {
    /// Nil for bytes that are the library's to read or to refuse.
    init?(plain bytes: [UInt8]) {
        let line = bytes.withUnsafeBytes { bytes in
            var reader = MessageReader(bytes)
            return try? reader.line()
        }
        guard let line else { return nil }
        self = line
    }
}

extension MessageReader {
    /// `StoredCart`.
    mutating func cart() throws(NotPlain) -> PlainCart {
        guard (1...CartCodec.schemaVersion).contains(try uint32(1)) else { throw NotPlain() }
        guard var open = try message(2) else { throw NotPlain() }
        var cart = try open.open()
        if var apart = try message(9) { cart.logApart = try apart.logApart() }
        try end()
        return cart
    }

    /// `StoredLogApart`.
    private mutating func logApart() throws(NotPlain) -> StoredLogApart {
        var apart = StoredLogApart()
        apart.forgotten = try uint64(1)
        apart.retired = try uint32(2)
        apart.kept = try uint32(3)
        try end()
        return apart
    }

    /// `StoredOpen`.
    private mutating func open() throws(NotPlain) -> PlainCart {
        let currency = try currency(1)
        let (createdAt, updatedAt) = (try int64(2), try int64(3))
        let lastLine = try uint32(4)
        var lines: [Line] = []
        lines.reserveCapacity(count(5))
        while var line = try message(5) { lines.append(try line.line()) }
        let linesApart = try uint32(14)
        try end()
        return PlainCart(
            currency: currency,
            createdAt: Timestamp(milliseconds: createdAt),
            updatedAt: Timestamp(milliseconds: updatedAt),
            lastLine: LineID(lastLine),
            lines: lines,
            linesApart: linesApart
        )
    }

    /// `StoredLine`.
    fileprivate mutating func line() throws(NotPlain) -> Line {
        let id = try uint32(1)
        let (sku, name) = (try text(2), try text(3))
        let quantity = try int32(4)
        let (unitPrice, addedAt) = (try int64(5), try int64(6))
        let attributes = try attributes(7)
        try end()
        return Line(
            id: LineID(id),
            sku: sku,
            name: name.isEmpty ? nil : name,
            quantity: quantity,
            unitPrice: unitPrice,
            attributes: attributes,
            addedAt: Timestamp(milliseconds: addedAt)
        )
    }

    /// Attributes, each a message.
    mutating func attributes(_ number: UInt8) throws(NotPlain) -> Attributes {
        var pairs: [(key: String, value: String)] = []
        while var pair = try message(number) {
            pairs.append((key: try pair.text(1), value: try pair.text(2)))
            try pair.end()
        }
        return pairs.isEmpty ? Attributes() : Attributes(pairs)
    }

    /// A currency's code; nil if it is absent.
    mutating func currency(_ number: UInt8) throws(NotPlain) -> Currency? {
        let code = try text(number)
        if code.isEmpty { return nil }
        guard let currency = Currency(stored: code) else { throw NotPlain() }
        return currency
    }
}
