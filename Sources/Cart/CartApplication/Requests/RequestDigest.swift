package import Cart
import Crypto

/// Digests of keys and requests: the first 128 bits of SHA-256 over bytes that are the same in every process
/// and build.
///
/// A request's bytes are those of its meaning, not of its spelling: spaces in its JSON and the order of
/// members do not matter. Neither do its time and its precondition: a client may refresh the precondition
/// before it sends the request again. **Digests are stored: none of this may ever change.**
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

    /// Of a request to change a cart. What is to be changed tells the method and the path, except for a
    /// creation.
    ///
    /// - Parameter hasGeneratedID: true if it is a creation that named no cart.
    static func of(_ change: CartCommand.Change, hasGeneratedID: Bool = false) -> UInt128 {
        var digest = RequestDigest("cart-node request 1")
        digest.add(change, hasGeneratedID: hasGeneratedID)
        // As older builds had it of a request without a precondition.
        digest.bytes.append(0)
        return digest.value
    }

    /// Of the request to merge a cart into another.
    static func ofMerge(
        id: String,
        source: CartID,
        target: CartID,
        strategy: MergeStrategy
    ) -> UInt128 {
        var digest = RequestDigest("cart-node merge 1")
        digest.add(id)
        digest.add(source.text)
        digest.add(target.text)
        digest.add(strategy.rawValue)
        return digest.value
    }

    private mutating func add(_ change: CartCommand.Change, hasGeneratedID: Bool) {
        switch change {
        case .create(let currency, nil):
            bytes.append(hasGeneratedID ? 1 : 2)
            add(currency?.code)
        case .create(let currency, let seconds?):
            bytes.append(hasGeneratedID ? 8 : 9)
            add(currency?.code)
            add(UInt64(bitPattern: seconds))
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
        case .setDetails(let change):
            bytes.append(10)
            add(change)
        case .setPrice(let line, let price):
            bytes.append(11)
            add(UInt64(line.number))
            add(UInt64(bitPattern: price.minorUnits))
            add(price.currency.code)
        case .takeOut(let quantities):
            bytes.append(12)
            add(UInt64(quantities.count))
            for part in quantities {
                add(UInt64(part.line.number))
                add(UInt64(bitPattern: part.quantity))
            }
        case .actions(let changes):
            bytes.append(13)
            add(UInt64(changes.count))
            for change in changes { add(change, hasGeneratedID: false) }
        // Not the order's id, which each copy of the request has another of.
        case .checkOut:
            bytes.append(14)
        case .cancelCheckout:
            bytes.append(15)
        // Of a merge its request, whichever lines it comes to, and however often it is begun.
        case .takeOver(let offer, _, _, _):
            add(kind: 16, offer.digest)
        case .handOver(let mergeRequest, _):
            add(kind: 17, mergeRequest.digest)
        case .finishHandOver(let offer):
            add(kind: 18, offer.digest)
        case .declineMerge(let offer):
            add(kind: 19, offer.digest)
        case .undoHandOver(let offer):
            add(kind: 20, offer.digest)
        case .setCurrency(let currency):
            bytes.append(21)
            add(currency.code)
        }
    }

    private mutating func add(kind: UInt8, _ digest: UInt128) {
        bytes.append(kind)
        add(UInt64(truncatingIfNeeded: digest >> 64))
        add(UInt64(truncatingIfNeeded: digest))
    }

    private mutating func add(_ change: DetailsChange) {
        add(change.note) { $0.add($1) }
        add(change.customer) { $0.add($1) }
        add(change.email) { $0.add($1) }
        add(change.attributes) { digest, patches in
            digest.add(UInt64(patches.count))
            for patch in patches.sorted(by: { $0.key < $1.key }) {
                digest.add(patch.key)
                digest.add(patch.value)
            }
        }
        add(change.discountCodes) { digest, codes in
            let codes = Set(codes).sorted()
            digest.add(UInt64(codes.count))
            for code in codes { digest.add(code) }
        }
        add(change.expiresIn) { $0.add(UInt64(bitPattern: $1)) }
    }

    private mutating func add<Value>(
        _ patch: DetailsChange.Patch<Value>,
        _ add: (inout RequestDigest, Value) -> Void
    ) {
        switch patch {
        case .keep: bytes.append(0)
        case .unset: bytes.append(1)
        case .set(let value):
            bytes.append(2)
            add(&self, value)
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

extension MergeRequest {
    /// The request that a client has who calls it so.
    package init(id: String, source: CartID, target: CartID, strategy: MergeStrategy) {
        let digest = RequestDigest.ofMerge(id: id, source: source, target: target, strategy: strategy)
        self.init(id: id, source: source, target: target, strategy: strategy, digest: digest)
    }
}

extension CartOperation {
    /// The operation that a request is under a key: the same through every face.
    ///
    /// - Parameter hasGeneratedID: true if it is a creation that named no cart.
    init(_ key: IdempotencyKey, _ change: CartCommand.Change, hasGeneratedID: Bool = false) {
        self.init(
            key: RequestDigest.of(key),
            request: RequestDigest.of(change, hasGeneratedID: hasGeneratedID)
        )
    }
}
