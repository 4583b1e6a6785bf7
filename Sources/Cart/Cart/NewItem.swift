/// What is put into a cart.
package struct NewItem: Hashable, Sendable {
    /// What is bought: 1…64 characters of `A-Z a-z 0-9 - _ . : / +`, upper and lower case differ.
    package let sku: String
    /// What people call it: 1…256 UTF-8 bytes without control characters, or nil.
    package let name: String?
    /// How many: 1…9 999. Wide, so that what a client sends arrives here and is refused here.
    package let quantity: Int64
    /// Price of one: 0…999 999 999 999 minor units of an active currency.
    package let unitPrice: Money
    /// At most 16; keys 1…64 characters of `A-Z a-z 0-9 _ . -`, values up to 256 UTF-8 bytes without control characters.
    package let attributes: Attributes

    /// An item as the client gave it; `CartCommand.validate` says whether it may be.
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
