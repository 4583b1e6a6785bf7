/// What is said of a cart as a whole. Most carts say nothing.
package struct CartDetails: Hashable, Sendable {
    /// What the customer wants to be known: 1…1 024 UTF-8 bytes, line feeds and no other control characters; nil: nothing.
    package var note: String?
    /// Whose cart it is, in the shop's own words: 1…128 UTF-8 bytes without control characters; nil: nobody's.
    package var customer: String?
    /// Where to write to: 3…254 UTF-8 bytes with an `@` between others and without white space; nil: nowhere.
    package var email: String?
    /// What a shop keeps with the cart; the bytes count as the cart's metadata.
    package var attributes = Attributes()
    /// Kept and shown, not priced: at most 16, each once, ascending.
    package var discountCodes: [String] = []
    /// How long the cart is kept after its last use, in seconds; nil: as long as carts are kept by default.
    package var expiresIn: UInt32?

    /// Nothing said.
    package init() {}

    /// Whether nothing is said.
    package var isEmpty: Bool { self == CartDetails() }
}

/// How the details are to be changed: what is left out stays as it is.
package struct DetailsChange: Hashable, Sendable {
    /// What becomes of one detail.
    package enum Patch<Value: Hashable & Sendable>: Hashable, Sendable {
        /// It stays as it is.
        case keep
        /// It is not said any more.
        case unset
        /// It is this from now on.
        case set(Value)

        /// The detail after it.
        func applied(to value: Value?) -> Value? {
            switch self {
            case .keep: value
            case .unset: nil
            case .set(let value): value
            }
        }
    }

    /// What becomes of one attribute: a text, or nil to take it out.
    package struct AttributePatch: Hashable, Sendable {
        /// Its key.
        package let key: String
        /// Its text from now on; nil: it is taken out.
        package let value: String?

        /// One attribute's change.
        package init(key: String, value: String?) {
            self.key = key
            self.value = value
        }
    }

    /// The note.
    package var note = Patch<String>.keep
    /// Whose cart it is.
    package var customer = Patch<String>.keep
    /// Where to write to.
    package var email = Patch<String>.keep
    /// The attributes named change, the others stay; `unset` takes all out. Of two with one key the later counts.
    package var attributes = Patch<[AttributePatch]>.keep
    /// All the codes from now on, in any order; one given twice is one.
    package var discountCodes = Patch<[String]>.keep
    /// Seconds, wide, so that what a client sends is refused here and not before.
    package var expiresIn = Patch<Int64>.keep

    /// Everything stays as it is.
    package init() {}

    /// The details after it. Total.
    func applied(to details: CartDetails) -> CartDetails {
        var after = details
        after.note = note.applied(to: details.note)
        after.customer = customer.applied(to: details.customer)
        after.email = email.applied(to: details.email)
        switch attributes {
        case .keep: break
        case .unset: after.attributes = Attributes()
        case .set(let patches): after.attributes = details.attributes.patched(patches)
        }
        switch discountCodes {
        case .keep: break
        case .unset: after.discountCodes = []
        case .set(let codes): after.discountCodes = Set(codes).sorted()
        }
        switch expiresIn {
        case .keep: break
        case .unset: after.expiresIn = nil
        // Exact: validated against a range of this width.
        case .set(let seconds): after.expiresIn = UInt32(clamping: seconds)
        }
        return after
    }
}

extension Attributes {
    fileprivate func patched(_ patches: [DetailsChange.AttributePatch]) -> Attributes {
        var values: [String: String] = [:]
        for entry in entries { values[entry.key] = entry.value }
        for patch in patches { values[patch.key] = patch.value }
        return Attributes(values.map { (key: $0.key, value: $0.value) })
    }
}
