/// A request to a cart, as a client of a workload makes it.
///
/// No two changes look alike in a cart: an addition adds an article of its own, a note or a mark is an article
/// of its own, and a quantity or a price is set on a line only once.
package enum Action: Hashable, Sendable {
    /// Create the cart. An existing one stays as it is; a deleted one begins anew.
    case create
    /// Add a quantity of an article, as a new line.
    case add(Article, quantity: UInt32)
    /// Set the quantity of a line that an earlier answer showed.
    case setQuantity(line: UInt32, UInt32)
    /// Set the unit price of a line that an earlier answer showed, in minor units.
    case setPrice(line: UInt32, UInt32)
    /// Reduce the quantity of a line that an earlier answer showed, by less than there is.
    case takeOut(line: UInt32, UInt32)
    /// Remove a line that an earlier answer showed.
    case remove(line: UInt32)
    /// A batch: remove a line that an earlier answer showed, and add an article.
    case replace(line: UInt32, Article, quantity: UInt32)
    /// A batch: remove all lines, and add an article.
    case refill(Article, quantity: UInt32)
    /// Remove all lines.
    case clear
    /// Set the cart's note to the SKU of an article.
    case setNote(Article)
    /// Set the cart's mark to the SKU of an article: the customer, an attribute and a discount code, in one
    /// change of the details.
    case setMark(Article)
    /// Remove the cart's note and mark.
    case unsetDetails
    /// Make an order of the cart, if it is at this version.
    case checkOut(version: UInt64)
    /// Cancel the order, if there is one.
    case cancelCheckout
    /// Delete the cart.
    case delete
    /// Take all lines of another cart, once under this id.
    case merge(from: CartName, id: OperationID)
    /// Read the cart.
    case read

    /// True for an action that never changes a cart.
    package var isRead: Bool { self == .read }

    /// True for an action that a cart may find done already. Without a key it then makes no version.
    var mayChangeNothing: Bool {
        switch self {
        case .create, .takeOut, .clear, .unsetDetails, .checkOut, .cancelCheckout, .delete, .merge, .read:
            true
        case .add, .setQuantity, .setPrice, .remove, .replace, .refill, .setNote, .setMark: false
        }
    }

    /// True for an action that may succeed at whatever version is expected, as it was done before.
    var maySucceedAnyway: Bool {
        switch self {
        case .checkOut, .delete, .merge: true
        case .create, .takeOut, .clear, .cancelCheckout, .read, .add, .setQuantity, .setPrice, .remove,
            .replace, .refill, .setNote, .setMark, .unsetDetails:
            false
        }
    }

    /// The line that the action needs; nil for an action that needs none.
    var line: UInt32? {
        switch self {
        case .setQuantity(let line, _), .setPrice(let line, _), .remove(let line), .replace(let line, _, _):
            line
        case .create, .add, .takeOut, .refill, .clear, .setNote, .setMark, .unsetDetails, .checkOut,
            .cancelCheckout, .delete, .merge, .read:
            nil
        }
    }

    /// The line that the action changes or removes, and the rest of the workload should leave alone.
    var reservedLine: UInt32? {
        if case .takeOut(let line, _) = self { line } else { line }
    }

    /// The quantity of the line that the action adds; nil for an action that adds none.
    var addedQuantity: UInt32? {
        switch self {
        case .add(_, let quantity), .replace(_, _, let quantity), .refill(_, let quantity): quantity
        case .create, .setQuantity, .setPrice, .takeOut, .remove, .clear, .setNote, .setMark, .unsetDetails,
            .checkOut, .cancelCheckout, .delete, .merge, .read:
            nil
        }
    }
}

extension Action: CustomStringConvertible {
    package var description: String {
        switch self {
        case .create: "create"
        case .add(let article, let quantity): "add \(quantity) \(article.sku)"
        case .setQuantity(let line, let quantity): "set line \(line) to \(quantity)"
        case .setPrice(let line, let price): "price line \(line) at \(price)"
        case .takeOut(let line, let quantity): "take \(quantity) out of line \(line)"
        case .remove(let line): "remove line \(line)"
        case .replace(let line, let article, let quantity):
            "replace line \(line) by \(quantity) \(article.sku)"
        case .refill(let article, let quantity): "clear and add \(quantity) \(article.sku)"
        case .clear: "clear"
        case .setNote(let article): "note \(article.sku)"
        case .setMark(let article): "mark \(article.sku)"
        case .unsetDetails: "unset the details"
        case .checkOut(let version): "check out version \(version)"
        case .cancelCheckout: "cancel the order"
        case .delete: "delete"
        case .merge(let source, let id): "merge \(source) as \(id)"
        case .read: "read"
        }
    }
}
