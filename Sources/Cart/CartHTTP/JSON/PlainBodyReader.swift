import Cart

// On the hot path, guarded by ADD of `Benchmarks/measure`.

/// Reads the bodies of the hottest requests straight into what they ask for, without the tree of a `JSONValue`.
///
/// It reads what nearly all clients send, objects with plain strings and plain integers, and nothing else: every
/// other body is `JSONReader`'s and `CartBody`'s, which also tell what is wrong with it. What it does read, they
/// read the same (`PlainBodyTests`).
struct PlainBodyReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The item that a body of `CartBody.addition` names; nil for one that is not plain.
    static func item(_ bytes: UnsafeRawBufferPointer) -> NewItem? {
        var reader = PlainBodyReader(bytes)
        guard let item = reader.item(), reader.isAtEnd() else { return nil }
        return item
    }

    /// The quantity that a body of `CartBody.alteration` names; nil for one that is not plain.
    static func quantity(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        var reader = PlainBodyReader(bytes)
        var quantity: Int64?
        let isWhole = reader.object { reader, name in
            guard name == .quantity, quantity == nil else { return false }
            quantity = reader.integer()
            return quantity != nil
        }
        return isWhole && reader.isAtEnd() ? quantity : nil
    }

    /// The names of members.
    private enum Name {
        case sku, name, quantity, unitPrice, amount, currency, exponent
    }

    private mutating func item() -> NewItem? {
        var sku: String?
        var name: String?
        var quantity: Int64?
        var price: Money?
        let isWhole = object { reader, member in
            switch member {
            case .sku where sku == nil:
                sku = reader.string()
                return sku != nil
            case .name where name == nil:
                name = reader.string()
                return name != nil
            case .quantity where quantity == nil:
                quantity = reader.integer()
                return quantity != nil
            case .unitPrice where price == nil:
                price = reader.money()
                return price != nil
            case .sku, .name, .quantity, .unitPrice, .amount, .currency, .exponent:
                return false
            }
        }
        guard isWhole, let sku, let quantity, let price else { return nil }
        return NewItem(sku: sku, name: name, quantity: quantity, unitPrice: price)
    }

    private mutating func money() -> Money? {
        var amount: Int64?
        var code: Currency?
        var exponent: Int64?
        let isWhole = object { reader, member in
            switch member {
            case .amount where amount == nil:
                amount = reader.integer()
                return amount != nil
            case .currency where code == nil:
                code = reader.currency()
                return code != nil
            case .exponent where exponent == nil:
                exponent = reader.integer()
                return exponent != nil
            case .sku, .name, .quantity, .unitPrice, .amount, .currency, .exponent:
                return false
            }
        }
        guard isWhole, let amount, let code else { return nil }
        if let exponent, exponent != code.exponent.map(Int64.init) { return nil }
        return Money(minorUnits: amount, currency: code)
    }

    // MARK: JSON

    /// True if nothing but space is left.
    private mutating func isAtEnd() -> Bool {
        skipSpace()
        return offset == bytes.count
    }

    private var next: UInt8? {
        offset < bytes.count ? bytes[offset] : nil
    }

    private mutating func skipSpace() {
        while let next, next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { offset += 1 }
    }

    private mutating func pass(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        offset += 1
        return true
    }

    /// Reads an object of at least one member.
    ///
    /// - Parameter member: reads the value of the member of this name; false for one that is not plain.
    private mutating func object(_ member: (inout PlainBodyReader, Name) -> Bool) -> Bool {
        skipSpace()
        guard pass(UInt8(ascii: "{")) else { return false }
        repeat {
            skipSpace()
            guard let name = memberName() else { return false }
            skipSpace()
            guard pass(UInt8(ascii: ":")) else { return false }
            skipSpace()
            guard member(&self, name) else { return false }
            skipSpace()
        } while pass(UInt8(ascii: ","))
        return pass(UInt8(ascii: "}"))
    }

    private mutating func memberName() -> Name? {
        guard let text = text() else { return nil }
        switch text.count {
        case 3 where isText(text, "sku"): return .sku
        case 4 where isText(text, "name"): return .name
        case 6 where isText(text, "amount"): return .amount
        case 8 where isText(text, "quantity"): return .quantity
        case 8 where isText(text, "currency"): return .currency
        case 8 where isText(text, "exponent"): return .exponent
        case 9 where isText(text, "unitPrice"): return .unitPrice
        case _: return nil
        }
    }

    private func isText(_ place: Range<Int>, _ text: StaticString) -> Bool {
        for index in 0..<place.count where bytes[place.lowerBound + index] != text.utf8Start[index] {
            return false
        }
        return true
    }

    /// A string of plain ASCII characters, by its place.
    private mutating func text() -> Range<Int>? {
        guard pass(UInt8(ascii: "\"")) else { return nil }
        let start = offset
        while let next {
            switch next {
            case UInt8(ascii: "\""):
                offset += 1
                return start..<offset - 1
            case UInt8(ascii: "\\"), 0..<0x20, 0x80...: return nil
            default: offset += 1
            }
        }
        return nil
    }

    private mutating func string() -> String? {
        guard let place = text() else { return nil }
        return String(decoding: bytes[place], as: UTF8.self)
    }

    private mutating func currency() -> Currency? {
        guard let code = string() else { return nil }
        return try? Currency(code)
    }

    /// An integer of at most 18 digits, without a fraction or an exponent.
    private mutating func integer() -> Int64? {
        let isNegative = pass(UInt8(ascii: "-"))
        let start = offset
        var value: Int64 = 0
        while let next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) {
            guard offset - start < 18 else { return nil }
            value = value * 10 + Int64(next - UInt8(ascii: "0"))
            offset += 1
        }
        let count = offset - start
        guard count > 0 else { return nil }
        if count > 1, bytes[start] == UInt8(ascii: "0") { return nil }
        switch next {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): return nil
        case _: return isNegative ? -value : value
        }
    }
}
