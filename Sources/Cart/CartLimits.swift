/// How much of anything a client may put into a cart. Stored carts beyond a limit are still read and may shrink.
package struct CartLimits: Hashable, Sendable {
    /// Lines per cart.
    package var lines = 500
    /// Quantity of one line, also after adding up. The least is 1.
    package var quantity: Int32 = 9_999
    /// Price of one, in minor units of any currency. The least is 0.
    package var unitPrice: Int64 = 999_999_999_999
    /// Length of a SKU, in characters (which are ASCII). The least is 1.
    package var skuLength = 64
    /// Length of a name, in UTF-8 bytes. The least is 1.
    package var nameBytes = 256
    /// Attributes per line.
    package var attributes = 16
    /// Length of an attribute's key, in characters (which are ASCII). The least is 1.
    package var attributeKeyLength = 64
    /// Length of an attribute's value, in UTF-8 bytes. May be 0.
    package var attributeValueBytes = 256
    /// Keys and values of all attributes of all lines of a cart, in UTF-8 bytes.
    package var metadataBytes = 8 * 1024
    /// Operations that are answered again when they come again, per cart: its latest. 48 bytes each.
    package var operations = 256
    /// Older operations that are refused when they come again, per cart. 8 bytes each.
    package var retiredOperations = 1_024

    /// The limits of the design, section 9.
    package init() {}

    /// What a cart remembers of operations.
    var operationRoom: OperationLog.Room {
        OperationLog.Room(kept: operations, retired: retiredOperations)
    }

    /// What the fullest legal cart comes to in minor units, or nil if that overflows `Int64`: whoever configures the
    /// limits refuses such ones at start.
    package var largestSubtotal: Int64? {
        let (line, lineOverflow) = unitPrice.multipliedReportingOverflow(by: Int64(quantity))
        let (cart, cartOverflow) = line.multipliedReportingOverflow(by: Int64(lines))
        return lineOverflow || cartOverflow ? nil : cart
    }
}
