/// A product to add to a cart.
package struct NewItem: Hashable, Sendable {
    /// The shop's own id of the product: 1…128 UTF-8 bytes without control characters. Other bytes are
    /// another product.
    package let sku: String
    /// The product's name for people: 1…256 UTF-8 bytes without control characters; nil: none.
    package let name: String?
    /// 1…9 999. Wider than needed, so that an illegal value of a client reaches validation.
    package let quantity: Int64
    /// Unit price: 0…999 999 999 999 minor units of an active currency.
    package let unitPrice: Money
    /// At most 16; keys 1…64 characters of `A-Z a-z 0-9 _ . -`, values up to 256 UTF-8 bytes without control
    /// characters.
    package let attributes: Attributes

    /// An item as the client gave it; `CartCommand.validate` checks it.
    package init(
        sku: String,
        name: String? = nil,
        quantity: Int64,
        unitPrice: Money,
        attributes: Attributes = Attributes()
    ) {
        self.sku = sku
        self.name = name
        self.quantity = quantity
        self.unitPrice = unitPrice
        self.attributes = attributes
    }
}
