package import Cart
import Crypto

/// Digests of keys and requests: the first 128 bits of SHA-256 over bytes that are the same in every process and build.
///
/// A request's bytes are those of what was understood, not of what was sent: spaces in its JSON, the order of members and
/// the spelling of `If-Match` do not matter, nor does its time. **They are stored: none of it may ever change.**
struct RequestDigest {
    private var bytes: [UInt8] = []

    private init(_ label: StaticString) {
        label.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(0)
    }

    /// Of a key, to know it by.
    static func of(_ key: IdempotencyKey) -> UInt128 {
        var digest = RequestDigest("cart-node key 1")
        digest.add(key.text)
        return digest.value
    }

    /// Of a key, to name a cart by.
    static func ofCart(_ key: IdempotencyKey) -> UInt128 {
        var digest = RequestDigest("cart-node cart 1")
        digest.add(key.text)
        return digest.value
    }

    /// Of a request to change a cart. What is to be changed tells the method and the path, except for a creation.
    ///
    /// - Parameter isDrawn: whether it is a creation that named no cart.
    static func of(_ change: CartCommand.Change, _ demand: IfMatch, isDrawn: Bool) -> UInt128 {
        var digest = RequestDigest("cart-node request 1")
        digest.add(change, isDrawn: isDrawn)
        digest.add(demand)
        return digest.value
    }

    private mutating func add(_ change: CartCommand.Change, isDrawn: Bool) {
        switch change {
        case .create(let currency):
            bytes.append(isDrawn ? 1 : 2)
            add(currency?.code)
        case .addLine(let item):
            bytes.append(3)
            add(item)
        case .setQuantity(let line, let quantity):
            bytes.append(4)
            add(UInt64(line.number))
            add(UInt64(bitPattern: quantity))
        case .removeLine(let line):
            bytes.append(5)
            add(UInt64(line.number))
        case .clear:
            bytes.append(6)
        case .delete:
            bytes.append(7)
        }
    }

    private mutating func add(_ item: NewItem) {
        add(item.sku)
        add(item.name)
        add(UInt64(bitPattern: item.quantity))
        add(UInt64(bitPattern: item.unitPrice.minorUnits))
        add(item.unitPrice.currency.code)
        add(UInt64(item.attributes.count))
        for entry in item.attributes.entries {
            add(entry.key)
            add(entry.value)
        }
    }

    private mutating func add(_ demand: IfMatch) {
        switch demand {
        case .absent:
            bytes.append(0)
        case .present:
            bytes.append(1)
        case .versions(let versions, _):
            bytes.append(2)
            add(UInt64(versions.count))
            for version in versions { add(version) }
        }
    }

    private mutating func add(_ text: String?) {
        guard let text else { return bytes.append(0) }
        bytes.append(1)
        add(text)
    }

    /// Its length first, so that no two sequences of texts have the same bytes.
    private mutating func add(_ text: String) {
        add(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func add(_ number: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }

    private var value: UInt128 {
        SHA256.hash(data: bytes).prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    }
}

extension CartOperation {
    /// The operation that a request is under a key.
    init(_ key: IdempotencyKey, _ change: CartCommand.Change, _ demand: IfMatch, isDrawn: Bool = false) {
        self.init(
            key: RequestDigest.of(key),
            request: RequestDigest.of(change, demand, isDrawn: isDrawn)
        )
    }

    /// The operation that a client has who changes a cart without HTTP, as if it had sent this.
    ///
    /// - Parameter expected: the one version in its `If-Match`, if it has one.
    package init(_ key: IdempotencyKey, _ change: CartCommand.Change, expected: UInt64? = nil) {
        self.init(key, change, expected.map { .versions([$0], field: "") } ?? .absent)
    }
}
