/// What a client wants of a cart.
///
/// No two changes look alike in a cart: an addition adds an article of its own, and a quantity is set on a line only once.
package enum Action: Hashable, Sendable {
    /// Bring the cart into being. One that is there stays as it is.
    case create
    /// Put so many of an article into the cart, as a new line.
    case add(Article, quantity: UInt32)
    /// So many and no more on a line that an earlier answer showed.
    case setQuantity(line: UInt32, UInt32)
    /// Take a line out that an earlier answer showed.
    case remove(line: UInt32)
    /// Show me.
    case read

    /// Whether it leaves every cart as it is.
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
        case .read: "look"
        }
    }
}
