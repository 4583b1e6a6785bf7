/// A request to a cart, as a client of a workload makes it.
///
/// No two changes look alike in a cart: an addition adds an article of its own, and a quantity is set on a
/// line only once.
package enum Action: Hashable, Sendable {
    /// Create the cart. An existing one stays as it is.
    case create
    /// Add a quantity of an article, as a new line.
    case add(Article, quantity: UInt32)
    /// Set the quantity of a line that an earlier answer showed.
    case setQuantity(line: UInt32, UInt32)
    /// Remove a line that an earlier answer showed.
    case remove(line: UInt32)
    /// Read the cart.
    case read

    /// True for an action that never changes a cart.
    package var isRead: Bool {
        switch self {
        case .read: true
        case .create, .add, .setQuantity, .remove: false
        }
    }
}

extension Action: CustomStringConvertible {
    package var description: String {
        switch self {
        case .create: "create"
        case .add(let article, let quantity): "add \(quantity) \(article.sku)"
        case .setQuantity(let line, let quantity): "set line \(line) to \(quantity)"
        case .remove(let line): "remove line \(line)"
        case .read: "read"
        }
    }
}
