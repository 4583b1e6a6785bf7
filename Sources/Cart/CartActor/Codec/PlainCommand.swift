import Cart
import WireFormat

// On the hot path, guarded by what is forwarded in `Benchmarks/measure`.

/// The most frequent commands, without message objects: reads, and changes of lines, with or without a key.
enum PlainCommand {
    /// The bytes that `LinkedCommand` would be serialized to; nil for a command that is the library's to write.
    static func bytes(of command: CartCommand) -> [UInt8]? {
        switch command {
        case .read:
            return MessageWriter.message(capacity: MessageWriter.prefix) { $0.message(1) { _ in } }
        case .readIfChanged(let known, let announced):
            return MessageWriter.message(capacity: capacity) { message in
                message.message(1) { read in
                    read.optional(1, known)
                    read.optional(2, announced)
                }
            }
        case .change(let change, let at, let expected, let operation):
            guard let size = change.plainCapacity else { return nil }
            return MessageWriter.message(capacity: capacity + size) { message in
                guard let operation else { return message.write(change, at: at, expected: expected) }
                message.message(10) { keyed in
                    keyed.write(operation)
                    keyed.message(5) { $0.write(change, at: at, expected: expected) }
                }
            }
        case .dryRun:
            return nil
        }
    }

    /// No less than a command takes without its change.
    private static let capacity =
        4 * MessageWriter.prefix + 2 * MessageWriter.varintField + 4 * MessageWriter.fixedField

    /// Nil for bytes that are the library's to read or to refuse.
    static func read(_ bytes: [UInt8]) -> CartCommand? {
        bytes.withUnsafeBytes { bytes in
            var reader = MessageReader(bytes)
            return try? reader.command()
        }
    }
}

extension CartCommand.Change {
    /// No less than the change takes; nil if the library writes it.
    fileprivate var plainCapacity: Int? {
        switch self {
        case .addLine(let item):
            let texts = item.sku.utf8.count + (item.name?.utf8.count ?? 0) + 3
            return texts + 3 * MessageWriter.prefix + 2 * MessageWriter.varintField
                + StoredHead.capacity(of: item.attributes)
        case .setQuantity, .removeLine:
            return 2 * MessageWriter.varintField
        case .create, .clear, .delete, .setDetails, .setPrice, .takeOut, .setCurrency, .actions, .checkOut,
            .cancelCheckout, .handOver, .takeOver, .finishHandOver, .declineMerge, .undoHandOver:
            return nil
        }
    }
}

extension MessageWriter {
    /// `LinkedCommand` of a change that has a `plainCapacity`.
    fileprivate mutating func write(_ change: CartCommand.Change, at: Timestamp, expected: UInt64?) {
        field(2, at.milliseconds)
        optional(3, expected)
        switch change {
        case .addLine(let item):
            message(5) { $0.write(item) }
        case .setQuantity(let line, let quantity):
            message(6) { message in
                message.field(1, UInt64(line.number))
                message.field(2, quantity)
            }
        case .removeLine(let line):
            message(7) { $0.field(1, UInt64(line.number)) }
        case .create, .clear, .delete, .setDetails, .setPrice, .takeOut, .setCurrency, .actions, .checkOut,
            .cancelCheckout, .handOver, .takeOver, .finishHandOver, .declineMerge, .undoHandOver:
            preconditionFailure("\(change) is not written without a message")
        }
    }

    private mutating func write(_ item: NewItem) {
        field(1, item.sku)
        if let name = item.name { field(2, name) }
        field(3, item.quantity)
        field(4, item.unitPrice.minorUnits)
        field(5, item.unitPrice.currency.code)
        write(item.attributes, as: 6)
    }

    /// The digests of a key and its request.
    mutating func write(_ operation: CartOperation) {
        let (key, request) = (operation.key.halves, operation.request.halves)
        fixed64(1, key.0)
        fixed64(2, key.1)
        fixed64(3, request.0)
        fixed64(4, request.1)
    }
}

extension MessageReader {
    /// `LinkedCommand`.
    fileprivate mutating func command() throws(NotPlain) -> CartCommand {
        let command: CartCommand
        if var read = try message(1) {
            command = try read.readCommand()
        } else if var keyed = try message(10) {
            command = try keyed.keyedChange()
        } else {
            return try change(under: nil)
        }
        try end()
        return command
    }

    /// `LinkedRead`.
    private mutating func readCommand() throws(NotPlain) -> CartCommand {
        let (known, announced) = (try optional(1), try optional(2))
        try end()
        guard let known else { return .read }
        return .readIfChanged(since: known, announced: announced)
    }

    /// `LinkedKeyed`.
    private mutating func keyedChange() throws(NotPlain) -> CartCommand {
        let key = UInt128(halves: try fixed64(1), try fixed64(2))
        let request = UInt128(halves: try fixed64(3), try fixed64(4))
        guard var change = try message(5) else { throw NotPlain() }
        try end()
        return try change.change(under: CartOperation(key: key, request: request))
    }

    /// `LinkedCommand` with a change of lines.
    private mutating func change(under operation: CartOperation?) throws(NotPlain) -> CartCommand {
        let at = Timestamp(milliseconds: try int64(2))
        let expected = try optional(3)
        let change: CartCommand.Change
        if var item = try message(5) {
            change = .addLine(try item.item())
        } else if var quantity = try message(6) {
            change = .setQuantity(LineID(try quantity.uint32(1)), try quantity.int64(2))
            try quantity.end()
        } else if var line = try message(7) {
            change = .removeLine(LineID(try line.uint32(1)))
            try line.end()
        } else {
            throw NotPlain()
        }
        try end()
        return .change(change, at: at, expected: expected, operation: operation)
    }

    /// `LinkedAddLine`.
    private mutating func item() throws(NotPlain) -> NewItem {
        let (sku, name) = (try text(1), try text(2))
        let (quantity, unitPrice) = (try int64(3), try int64(4))
        guard let currency = try currency(5) else { throw NotPlain() }
        let attributes = try attributes(6)
        try end()
        return NewItem(
            sku: sku,
            name: name.isEmpty ? nil : name,
            quantity: quantity,
            unitPrice: Money(minorUnits: unitPrice, currency: currency),
            attributes: attributes
        )
    }
}
