/// A quantity of one thing at one price in a cart. Its currency is the cart's.
///
/// A million carts are live on a node, so its 64 bytes are counted (a test keeps them): narrow numbers first, no currency.
package struct Line: Hashable, Sendable {
    /// Its name within the cart.
    package let id: LineID
    /// How many: 1…9 999 by decision; a stored state may hold anything.
    package internal(set) var quantity: Int32
    /// What is bought, in the shop's own words.
    package let sku: String
    /// What people call it, if anyone said.
    package internal(set) var name: String?
    /// Price of one, in minor units of the cart's currency.
    package internal(set) var unitPrice: Int64
    /// What makes it differ from the same SKU in another line.
    package let attributes: Attributes
    /// When the line first came into the cart; adding to its quantity does not change it.
    package let addedAt: Timestamp

    /// A line from its parts, for events and for stored state. Checks nothing and cannot trap.
    package init(
        id: LineID,
        sku: String,
        name: String?,
        quantity: Int32,
        unitPrice: Int64,
        attributes: Attributes = Attributes(),
        addedAt: Timestamp
    ) {
        self.id = id
        self.quantity = quantity
        self.sku = sku
        self.name = name
        self.unitPrice = unitPrice
        self.attributes = attributes
        self.addedAt = addedAt
    }

    /// Quantity times unit price in minor units, or nil where an absurd stored line overflows `Int64`.
    package var total: Int64? {
        let (product, overflow) = unitPrice.multipliedReportingOverflow(by: Int64(quantity))
        return overflow ? nil : product
    }

    /// Whether an added item is more of this line: same SKU, unit price and attributes. Names may differ.
    func holds(_ item: NewItem) -> Bool {
        sku == item.sku && unitPrice == item.unitPrice.minorUnits && attributes == item.attributes
    }
}
