import Synchronization

/// What clients of a cluster sent and were told, in the order in which it happened.
///
/// The order of the calls is the order of events: `sent` is called before a request leaves and `answered` after its reply
/// was read, so whatever was answered before something else was sent is taken down before it. Times are for people.
package final class History: Sendable {
    /// An attempt that was sent.
    package struct Ticket: Sendable {
        let cart: Int
        let attempt: Int
    }

    private let books: [Book]
    private let notes = Mutex<[Note]>([])

    /// Something that happened beside the errands.
    package struct Note: Hashable, Sendable {
        package let at: Duration
        package let text: String
    }

    /// - Parameter carts: how many there are. Errands name carts from 0 up to it.
    package init(carts: Int) {
        books = (0..<carts).map { Book(cart: $0) }
    }

    /// How many carts there are.
    package var carts: Int { books.count }

    /// Takes down that an attempt is about to leave.
    package func sent(_ errand: Errand, to node: Int, at time: Duration) -> Ticket {
        let cart = errand.cart.number
        precondition(books.indices.contains(cart), "\(errand) is about cart \(cart) of \(books.count)")
        return Ticket(
            cart: cart,
            attempt: books[cart].ledger.withLock { $0.sent(errand, to: node, at: time) }
        )
    }

    /// Takes down what came of it. Not called for one that was never answered.
    package func answered(_ ticket: Ticket, _ reply: Reply, at time: Duration) {
        books[ticket.cart].ledger.withLock { $0.answered(ticket.attempt, reply, at: time) }
    }

    /// Takes down what happened beside the errands, such as a fault.
    package func note(_ text: String, at time: Duration) {
        notes.withLock { $0.append(Note(at: time, text: text)) }
    }

    /// What happened beside the errands.
    package var events: [Note] { notes.withLock { $0 } }

    /// From now on carts may lose what they have, because Redis loses data that nobody is promised to keep.
    ///
    /// - Parameter carts: the numbers of the carts; nil for all.
    package func beginAmnesty(_ carts: [Int]? = nil) {
        for book in chosen(carts) { book.ledger.withLock { $0.beginAmnesty() } }
    }

    /// From now on they keep what they have again, whatever that is.
    package func endAmnesty(_ carts: [Int]? = nil) {
        for book in chosen(carts) { book.ledger.withLock { $0.endAmnesty() } }
    }

    private func chosen(_ carts: [Int]?) -> [Book] {
        guard let carts else { return books }
        return carts.filter(books.indices.contains).map { books[$0] }
    }

    /// All attempts, cart by cart, each cart's in the order in which they were sent.
    package var attempts: [Attempt] {
        books.flatMap { book in
            book.ledger.withLock { ledger in ledger.attempts.map { $0.attempt(of: ledger.cart) } }
        }
    }

    /// The highest version of a cart that anybody was shown.
    package func version(of cart: Int) -> UInt64 {
        books[cart].ledger.withLock { $0.era.log.version }
    }

    /// The ledger of a cart as it is now.
    func ledger(of cart: Int) -> Ledger {
        books[cart].ledger.withLock { $0 }
    }
}

/// One cart's ledger and its lock.
private final class Book: Sendable {
    let ledger: Mutex<Ledger>

    init(cart: Int) {
        ledger = Mutex(Ledger(cart: cart))
    }
}
