/// A quantity of one product at one price in a cart. Its currency is the cart's.
///
/// A million carts are live on a node, so its 64 bytes are counted (a test keeps them): narrow numbers first,
/// no currency.
package struct Line: Hashable, Sendable {
    /// Its id within the cart.
    package let id: LineID
    /// 1…9 999 by decision; a stored state may hold anything.
    package internal(set) var quantity: Int32
    /// The shop's own id of the product.
    package let sku: String
    /// The product's name for people, if one was given.
    package internal(set) var name: String?
    /// Price of one, in minor units of the cart's currency.
    package internal(set) var unitPrice: Int64
    /// The attributes that distinguish it from other lines with the same SKU.
    package let attributes: Attributes
    /// The time at which the line was added; adding to its quantity does not change it.
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

    /// True if an added item is more of this line: same SKU, unit price and attributes. Names may differ.
    func holds(_ item: NewItem) -> Bool {
        unitPrice == item.unitPrice.minorUnits && isOf(sku: item.sku) && attributes == item.attributes
    }

    /// True if the line is of the product with this SKU, by its bytes: Swift's own comparison takes composed
    /// and decomposed characters for the same.
    package func isOf(sku: String) -> Bool {
        // First what is false fast for most lines.
        self.sku == sku && self.sku.utf8.elementsEqual(sku.utf8)
    }
}
