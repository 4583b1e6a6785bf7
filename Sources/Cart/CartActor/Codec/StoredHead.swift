import Cart
import WireFormat

// On the hot path, guarded by ADD of `Benchmarks/measure`.

/// The stored form of carts and lines that have nothing rare, as the bytes that their messages would be
/// serialized to: building the messages first costs an add several times as much.
///
/// `StoredHeadTests` compares the bytes.
enum StoredHead {
    /// The head of an open cart without details, merges and unknown fields; nil for any other.
    ///
    /// - Parameter linesApart: the number of lines in fields of their own; nil for lines that are part of the
    ///   head.
    static func bytes(of record: CartRecord, linesApart: UInt32?) -> [UInt8]? {
        guard let cart = record.plain else { return nil }
        let lines = linesApart == nil ? capacity(of: cart.lines) : 0
        return MessageWriter.message(capacity: capacity + lines) { head in
            let operations = cart.operations
            head.field(1, UInt64(record.cart.schemaVersion(withOperations: operations != nil)))
            head.message(2) { $0.write(cart, linesApart: linesApart) }
            guard let operations else { return }
            head.message(9) { apart in
                apart.field(1, operations.forgotten)
                apart.field(2, UInt64(UInt32(clamping: operations.retired.count)))
                apart.field(3, UInt64(UInt32(clamping: operations.kept.count)))
            }
        }
    }

    /// A line of which nothing is unknown.
    static func bytes(of line: Line) -> [UInt8] {
        MessageWriter.message(capacity: capacity(of: line)) { $0.write(line) }
    }

    /// No less than a head takes without its lines: numbers of the cart, its currency, and those of the
    /// operations.
    static let capacity = 2 * MessageWriter.prefix + 8 * MessageWriter.varintField + 8

    /// No less than these lines take within a head.
    static func capacity(of lines: [Line]) -> Int { lines.reduce(0) { $0 + capacity(of: $1) } }

    /// No less than a line takes, with the prefix that it has within a head.
    private static func capacity(of line: Line) -> Int {
        let texts = 3 * MessageWriter.prefix + line.sku.utf8.count + (line.name?.utf8.count ?? 0)
        return texts + 4 * MessageWriter.varintField + capacity(of: line.attributes)
    }

    /// No less than attributes take within a message.
    static func capacity(of attributes: Attributes) -> Int {
        attributes.entries.reduce(0) { sum, entry in
            sum + 3 * MessageWriter.prefix + entry.key.utf8.count + entry.value.utf8.count
        }
    }
}

extension CartRecord {
    /// The contents of an open cart without details, merges and unknown fields; nil for any other.
    var plain: OpenCart? {
        guard unknown == nil, case .open(let cart) = cart, !cart.hasDetails, cart.merges.isEmpty else {
            return nil
        }
        return cart
    }
}

extension MessageWriter {
    /// The contents of an open cart that has nothing rare.
    mutating func write(_ cart: OpenCart, linesApart: UInt32?) {
        if let currency = cart.currency { field(1, currency.code) }
        field(2, cart.createdAt.milliseconds)
        field(3, cart.updatedAt.milliseconds)
        field(4, UInt64(cart.lastLine.number))
        if let linesApart {
            field(14, UInt64(linesApart))
        } else {
            for line in cart.lines { message(5) { $0.write(line) } }
        }
    }

    fileprivate mutating func write(_ line: Line) {
        field(1, UInt64(line.id.number))
        field(2, line.sku)
        if let name = line.name { field(3, name) }
        field(4, Int64(line.quantity))
        field(5, line.unitPrice)
        field(6, line.addedAt.milliseconds)
        write(line.attributes, as: 7)
    }

    /// Attributes, each a message.
    mutating func write(_ attributes: Attributes, as number: UInt8) {
        for entry in attributes.entries {
            message(number) { attribute in
                attribute.field(1, entry.key)
                attribute.field(2, entry.value)
            }
        }
    }
}
