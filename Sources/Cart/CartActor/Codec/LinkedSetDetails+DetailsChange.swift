import Cart
import CartProtobuf
import SwiftProtobuf

extension LinkedSetDetails {
    /// The change of details as it travels.
    init(_ change: DetailsChange) {
        self.init()
        if let patch = LinkedTextPatch(change.note) { note = patch }
        if let patch = LinkedTextPatch(change.customer) { customer = patch }
        if let patch = LinkedTextPatch(change.email) { email = patch }
        switch change.attributes {
        case .keep: break
        case .unset: attributes = .with { $0.unset = true }
        case .set(let patches):
            attributes = .with { message in
                message.patches = patches.map { patch in
                    .with {
                        $0.key = patch.key
                        if let value = patch.value { $0.value = value }
                    }
                }
            }
        }
        switch change.discountCodes {
        case .keep: break
        case .unset: discountCodes = .with { $0.unset = true }
        case .set(let codes): discountCodes = .with { $0.codes = codes }
        }
        switch change.expiresIn {
        case .keep: break
        case .unset: expiresIn = LinkedNumberPatch()
        case .set(let seconds): expiresIn = .with { $0.value = seconds }
        }
    }

    /// The change of details that travelled.
    func change() -> DetailsChange {
        var change = DetailsChange()
        if hasNote { change.note = note.patch }
        if hasCustomer { change.customer = customer.patch }
        if hasEmail { change.email = email.patch }
        if hasAttributes {
            let patches = attributes.patches.map {
                DetailsChange.AttributePatch(key: $0.key, value: $0.hasValue ? $0.value : nil)
            }
            change.attributes = attributes.unset ? .unset : .set(patches)
        }
        if hasDiscountCodes {
            change.discountCodes = discountCodes.unset ? .unset : .set(discountCodes.codes)
        }
        if hasExpiresIn { change.expiresIn = expiresIn.hasValue ? .set(expiresIn.value) : .unset }
        return change
    }
}

extension LinkedTextPatch {
    /// Nil for what stays as it is.
    fileprivate init?(_ patch: DetailsChange.Patch<String>) {
        self.init()
        switch patch {
        case .keep: return nil
        case .unset: break
        case .set(let text): value = text
        }
    }

    fileprivate var patch: DetailsChange.Patch<String> { hasValue ? .set(value) : .unset }
}
