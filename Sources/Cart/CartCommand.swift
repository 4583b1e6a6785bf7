/// What a client wants of a cart. Carries whatever its creator generated: deciding reads no clock and draws no number.
package enum CartCommand: Hashable, Sendable {
    /// Show me the cart as it is committed.
    case read
    /// Change the cart at this time, if it is at the version that the client expects (`If-Match`; nil: at any), and if
    /// this operation (`Idempotency-Key`; nil: none) was not applied to it before.
    case change(Change, at: Timestamp, expected: UInt64? = nil, operation: CartOperation? = nil)

    /// What is to be changed.
    package enum Change: Hashable, Sendable {
        /// Bring the cart into being. An open cart is left as it is, unless it counts in another currency; one whose
        /// currency is not set yet stays so, and the outcome shows it. After a deletion, a new empty cart.
        case create(currency: Currency?)
        /// More of the line with the same SKU, unit price and attributes if there is one (and its name, if the item has
        /// one), otherwise a new line at the end. The first sets the cart's currency if it has none.
        case addLine(NewItem)
        /// So many and no more; 0 removes the line. The present quantity: no event.
        case setQuantity(LineID, Int64)
        /// Take the line out.
        case removeLine(LineID)
        /// Take all lines out. Nothing to take out: no event.
        case clear
        /// End the cart. Of a deleted cart: accepted without events at whatever expected version, as what was asked for
        /// has come to pass (RFC 9110, 13.1.1), and the outcome is `unchanged`. Of a cart that never was: not found.
        case delete
    }

    /// Whether it leaves every cart as it is, so that the committed state answers it.
    package var isRead: Bool {
        switch self {
        case .read: true
        case .change: false
        }
    }

    /// The same, of a client that never sends anything twice.
    package var withoutOperation: CartCommand {
        switch self {
        case .read: .read
        case .change(let change, let at, let expected, _): .change(change, at: at, expected: expected)
        }
    }

    /// The operation that the client makes of it, if it does.
    package var operation: CartOperation? {
        switch self {
        case .read: nil
        case .change(_, _, _, let operation): operation
        }
    }

    /// Whether a cart that does not exist may be brought into being by it: only by `create`.
    package var mayCreate: Bool {
        switch self {
        case .change(.create, _, _, _): true
        case .read, .change: false
        }
    }
}

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
