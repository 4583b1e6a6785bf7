/// The sums of a cart, before taxes, discounts and shipping.
package struct Totals: Hashable, Sendable {
    /// The number of lines.
    package let lines: Int
    /// Sum of the lines' quantities.
    package let quantity: Int64
    /// Sum of the lines' totals in minor units of `currency`.
    package let subtotal: Int64
    /// The cart's currency; nil only while it was never set, and then a cart within its limits is empty.
    package let currency: Currency?

    /// The totals of a cart; nil where a line's total or a running sum leaves `Int64`, as in no cart within
    /// `CartLimits`.
    package init?(of cart: OpenCart) {
        var quantity: Int64 = 0
        var subtotal: Int64 = 0
        for line in cart.lines {
            guard let total = line.total else { return nil }
            let (newQuantity, quantityOverflow) = quantity.addingReportingOverflow(Int64(line.quantity))
            let (newSubtotal, subtotalOverflow) = subtotal.addingReportingOverflow(total)
            if quantityOverflow || subtotalOverflow { return nil }
            quantity = newQuantity
            subtotal = newSubtotal
        }
        self.lines = cart.lines.count
        self.quantity = quantity
        self.subtotal = subtotal
        self.currency = cart.currency
    }
}

extension OpenCart {
    /// The sum of the lines' totals, also where an absurd stored state leaves `Int64`. No number of lines
    /// that fits into memory leaves 128 bits.
    var exactSubtotal: Int128 {
        lines.reduce(0) { $0 + Int128($1.unitPrice) * Int128($1.quantity) }
    }
}
