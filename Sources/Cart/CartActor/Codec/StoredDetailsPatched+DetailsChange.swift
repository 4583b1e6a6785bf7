import Cart
import CartProtobuf

extension StoredDetailsPatched {
    /// The change of details as it is stored.
    init(_ change: DetailsChange) {
        self.init()
        if let text = change.note.stored { note = text }
        if let text = change.customer.stored { customer = text }
        if let text = change.email.stored { email = text }
        switch change.attributes {
        case .keep: break
        case .unset: attributes.unset = true
        case .set(let patches): attributes.patches = patches.map(StoredAttributePatch.init)
        }
        switch change.discountCodes {
        case .keep: break
        case .unset: discountCodes = StoredDiscountCodes()
        case .set(let codes): discountCodes.codes = codes
        }
        switch change.expiresIn {
        case .keep: break
        case .unset: expiresIn = 0
        case .set(let seconds): expiresIn = UInt32(clamping: seconds)
        }
    }

    /// The change of details that was stored.
    var change: DetailsChange {
        var change = DetailsChange()
        if hasNote { change.note = note.isEmpty ? .unset : .set(note) }
        if hasCustomer { change.customer = customer.isEmpty ? .unset : .set(customer) }
        if hasEmail { change.email = email.isEmpty ? .unset : .set(email) }
        if hasAttributes {
            let patches = attributes.patches.map {
                DetailsChange.AttributePatch(key: $0.key, value: $0.hasValue ? $0.value : nil)
            }
            change.attributes = attributes.unset ? .unset : .set(patches)
        }
        if hasDiscountCodes {
            change.discountCodes = discountCodes.codes.isEmpty ? .unset : .set(discountCodes.codes)
        }
        if hasExpiresIn { change.expiresIn = expiresIn == 0 ? .unset : .set(Int64(expiresIn)) }
        return change
    }
}

extension StoredAttributePatch {
    fileprivate init(_ patch: DetailsChange.AttributePatch) {
        self.init()
        key = patch.key
        if let text = patch.value { value = text }
    }
}

extension DetailsChange.Patch<String> {
    /// Nil for what stays as it is, an empty text for what is removed.
    fileprivate var stored: String? {
        switch self {
        case .keep: nil
        case .unset: ""
        case .set(let text): text
        }
    }
}
