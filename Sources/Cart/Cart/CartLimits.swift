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
    /// Attributes per line, and of the cart itself.
    package var attributes = 16
    /// Length of an attribute's key, in characters (which are ASCII). The least is 1.
    package var attributeKeyLength = 64
    /// Length of an attribute's value, in UTF-8 bytes. May be 0.
    package var attributeValueBytes = 256
    /// Length of a cart's note, in UTF-8 bytes. The least is 1.
    package var noteBytes = 1_024
    /// Length of a customer's id, in UTF-8 bytes. The least is 1.
    package var customerBytes = 128
    /// Discount codes per cart.
    package var discountCodes = 16
    /// Length of a discount code, in UTF-8 bytes. The least is 1.
    package var discountCodeBytes = 64
    /// Actions of one batch.
    package var actions = 100
    /// Merges into a cart that it knows to have been settled. 32 bytes each.
    package var merges = 64
    /// Keys and values of all attributes of a cart and of its lines, in UTF-8 bytes.
    package var metadataBytes = 8 * 1024
    /// Operations that are answered again when they come again, per cart: its latest. 48 bytes each.
    package var operations = 256
    /// Older operations that are refused when they come again, per cart. 8 bytes each.
    package var retiredOperations = 1_024

    /// Length of an e-mail address, in UTF-8 bytes (RFC 5321, 4.5.3.1.3).
    static let emailBytes = 254
    /// How long a cart may be told to be kept, in seconds: a minute to ten years.
    package static let expiresIn: ClosedRange<Int64> = 60...315_360_000

    /// The limits of the design, section 9.
    package init() {}

    /// What a cart remembers of operations.
    var operationCapacity: OperationLog.Capacity {
        OperationLog.Capacity(kept: operations, retired: retiredOperations)
    }

    /// What the fullest legal cart comes to in minor units, or nil if that overflows `Int64`: whoever configures the
    /// limits refuses such ones at start.
    package var largestSubtotal: Int64? {
        let (line, lineOverflow) = unitPrice.multipliedReportingOverflow(by: Int64(quantity))
        let (cart, cartOverflow) = line.multipliedReportingOverflow(by: Int64(lines))
        return lineOverflow || cartOverflow ? nil : cart
    }
}
