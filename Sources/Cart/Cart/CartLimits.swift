/// The limits on what a client may put into a cart. Stored carts beyond a limit can still be read and made
/// smaller.
package struct CartLimits: Hashable, Sendable {
    /// Lines per cart.
    package var lines = 500
    /// Quantity of one line, also after adding up. The least is 1.
    package var quantity: Int32 = 9_999
    /// Price of one, in minor units of any currency. The least is 0.
    package var unitPrice: Int64 = 999_999_999_999
    /// Length of a SKU, in UTF-8 bytes. The least is 1.
    package var skuBytes = 128
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
    /// Settled merges that a cart remembers. 32 bytes each.
    package var merges = 64
    /// Keys and values of all attributes of a cart and of its lines, in UTF-8 bytes.
    package var metadataBytes = 8 * 1024
    /// Operations per cart that are answered again when they are repeated: its latest. 48 bytes each.
    package var operations = 256
    /// Older operations per cart that are refused when they are repeated. 8 bytes each.
    package var retiredOperations = 1_024

    /// Length of an e-mail address, in UTF-8 bytes (RFC 5321, 4.5.3.1.3).
    static let emailBytes = 254
    /// A cart's subtotal, in minor units of any currency: the largest integer up to which every integer is
    /// exact in a JSON number as clients read it (RFC 8259, 6). No line's total is more.
    package static let subtotal: Int64 = 9_007_199_254_740_991
    /// Seconds for which a client may ask to keep a cart: a minute to ten years.
    package static let expiresIn: ClosedRange<Int64> = 60...315_360_000

    /// The default limits.
    package init() {}

    /// The number of operations that a cart remembers.
    var operationCapacity: OperationLog.Capacity {
        OperationLog.Capacity(kept: operations, retired: retiredOperations)
    }
}
