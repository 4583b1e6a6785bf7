import Cart
import CartProtobuf

extension StoredOpen {
    /// Sets the stored fields of the cart's details.
    mutating func set(_ details: CartDetails) {
        note = details.note ?? ""
        customer = details.customer ?? ""
        email = details.email ?? ""
        attributes = details.attributes.entries.map(StoredAttribute.init)
        discountCodes = details.discountCodes
        expiresIn = details.expiresIn ?? 0
    }

    /// The cart's details.
    var details: CartDetails {
        var details = CartDetails()
        details.note = note.isEmpty ? nil : note
        details.customer = customer.isEmpty ? nil : customer
        details.email = email.isEmpty ? nil : email
        details.attributes = Attributes(attributes)
        details.discountCodes = discountCodes
        details.expiresIn = expiresIn == 0 ? nil : expiresIn
        return details
    }
}

extension CartState {
    /// The lowest schema that has what the cart has, so that builds of before may rewrite what they
    /// understand.
    func schemaVersion(withOperations: Bool) -> UInt32 {
        let least: UInt32 =
            switch self {
            case .checkedOut, .closing, .merged: 2
            case .none, .open, .deleted: 1
            }
        guard withOperations, let operations else { return least }
        return operations.kept.reduce(least) { max($0, $1.effect.schemaVersion) }
    }
}
