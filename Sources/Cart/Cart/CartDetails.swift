/// The details of a cart as a whole. Most carts have none.
package struct CartDetails: Hashable, Sendable {
    /// The customer's note: 1…1 024 UTF-8 bytes, line feeds and no other control characters; nil: none.
    package var note: String?
    /// The customer's id in the shop: 1…128 UTF-8 bytes without control characters; nil: none.
    package var customer: String?
    /// The customer's e-mail address: 3…254 UTF-8 bytes with an `@` between others and without white space;
    /// nil: none.
    package var email: String?
    /// The shop's own attributes; their bytes count as the cart's metadata.
    package var attributes = Attributes()
    /// Stored and shown, not priced: at most 16, each once, ascending.
    package var discountCodes: [String] = []
    /// Seconds for which the cart is kept after its last use; nil: the default retention.
    package var expiresIn: UInt32?

    /// No details.
    package init() {}

    /// True if there are no details.
    package var isEmpty: Bool { self == CartDetails() }
}

/// A change of a cart's details: what is left out stays as it is.
package struct DetailsChange: Hashable, Sendable {
    /// A change of one detail.
    package enum Patch<Value: Hashable & Sendable>: Hashable, Sendable {
        /// The detail stays as it is.
        case keep
        /// The detail is removed.
        case unset
        /// The detail has this value from now on.
        case set(Value)

        /// The change that turns one value into another; nil stands for none.
        init(from before: Value?, to after: Value?) {
            self = before == after ? .keep : after.map(Patch.set) ?? .unset
        }

        /// The detail after it.
        func applied(to value: Value?) -> Value? {
            switch self {
            case .keep: value
            case .unset: nil
            case .set(let value): value
            }
        }
    }

    /// A change of one attribute.
    package struct AttributePatch: Hashable, Sendable {
        /// Its key.
        package let key: String
        /// The new text; nil removes the attribute.
        package let value: String?

        /// One attribute's change.
        package init(key: String, value: String?) {
            self.key = key
            self.value = value
        }
    }

    /// The note.
    package var note = Patch<String>.keep
    /// The customer's id.
    package var customer = Patch<String>.keep
    /// The customer's e-mail address.
    package var email = Patch<String>.keep
    /// The attributes named here change, the others stay; `unset` removes all. Of two with one key the later
    /// counts.
    package var attributes = Patch<[AttributePatch]>.keep
    /// All the codes from now on, in any order; duplicates count once.
    package var discountCodes = Patch<[String]>.keep
    /// Seconds. Wider than needed, so that an illegal value of a client reaches validation.
    package var expiresIn = Patch<Int64>.keep

    /// Everything stays as it is.
    package init() {}

    /// The least change that turns the details before into those after. Its attribute keys ascend, so that
    /// equal changes are equal values.
    package init(from before: CartDetails, to after: CartDetails) {
        note = Patch(from: before.note, to: after.note)
        customer = Patch(from: before.customer, to: after.customer)
        email = Patch(from: before.email, to: after.email)
        if after.attributes.count == 0, before.attributes.count > 0 {
            attributes = .unset
        } else {
            let patches = after.attributes.patches(from: before.attributes)
            if !patches.isEmpty { attributes = .set(patches) }
        }
        if before.discountCodes != after.discountCodes {
            discountCodes = after.discountCodes.isEmpty ? .unset : .set(after.discountCodes)
        }
        expiresIn = Patch(from: before.expiresIn.map { Int64($0) }, to: after.expiresIn.map { Int64($0) })
    }

    /// True if everything stays as it is.
    var isEmpty: Bool { self == DetailsChange() }

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

    /// The attributes that differ from former ones, and those of the former that are gone.
    fileprivate func patches(from former: Attributes) -> [DetailsChange.AttributePatch] {
        var values: [String: String] = [:]
        for entry in former.entries { values[entry.key] = entry.value }
        var patches: [DetailsChange.AttributePatch] = []
        for entry in entries {
            guard values.removeValue(forKey: entry.key) != entry.value else { continue }
            patches.append(.init(key: entry.key, value: entry.value))
        }
        patches += values.keys.map { .init(key: $0, value: nil) }
        return patches.sorted { $0.key < $1.key }
    }
}
