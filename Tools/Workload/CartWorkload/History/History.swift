import Synchronization

/// What clients of a cluster sent and were told, in the order in which it happened.
///
/// The order of the calls is the order of events: `sent` is called before a request leaves and `answered` after its reply
/// was read, so whatever was answered before something else was sent is taken down before it. Times are for people.
package final class History: Sendable {
    /// An attempt that was sent.
    package struct SentAttempt: Sendable {
        let cart: Int
        let attempt: Int
    }

    private let lockedHistories: [LockedCartHistory]
    private let notes = Mutex<[Note]>([])

    /// Something that happened beside the operations.
    package struct Note: Hashable, Sendable {
        package let at: Duration
        package let text: String
    }

    /// - Parameter carts: how many there are. Errands name carts from 0 up to it.
    package init(carts: Int) {
        lockedHistories = (0..<carts).map { LockedCartHistory(cart: $0) }
    }

    /// How many carts there are.
    package var carts: Int { lockedHistories.count }

    /// Takes down that an attempt is about to leave.
    package func sent(_ operation: WorkloadOperation, to node: Int, at time: Duration) -> SentAttempt {
        let cart = operation.cart.number
        precondition(
            lockedHistories.indices.contains(cart),
            "\(operation) is about cart \(cart) of \(lockedHistories.count)"
        )
        return SentAttempt(
            cart: cart,
            attempt: lockedHistories[cart].cartHistory.withLock { $0.sent(operation, to: node, at: time) }
        )
    }

    /// Takes down what came of it. Not called for one that was never answered.
    package func answered(_ sentAttempt: SentAttempt, _ reply: AttemptResult, at time: Duration) {
        lockedHistories[sentAttempt.cart].cartHistory.withLock {
            $0.answered(sentAttempt.attempt, reply, at: time)
        }
    }

    /// Takes down what happened beside the operations, such as a fault.
    package func note(_ text: String, at time: Duration) {
        notes.withLock { $0.append(Note(at: time, text: text)) }
    }

    /// What happened beside the operations.
    package var events: [Note] { notes.withLock { $0 } }

    /// From now on carts may lose what they have, because Redis loses data that nobody is promised to keep.
    ///
    /// - Parameter carts: the numbers of the carts; nil for all.
    package func beginLossWindow(_ carts: [Int]? = nil) {
        for lockedHistory in chosen(carts) { lockedHistory.cartHistory.withLock { $0.beginLossWindow() } }
    }

    /// From now on they keep what they have again, whatever that is.
    package func endLossWindow(_ carts: [Int]? = nil) {
        for lockedHistory in chosen(carts) { lockedHistory.cartHistory.withLock { $0.endLossWindow() } }
    }

    private func chosen(_ carts: [Int]?) -> [LockedCartHistory] {
        guard let carts else { return lockedHistories }
        return carts.filter(lockedHistories.indices.contains).map { lockedHistories[$0] }
    }

    /// All attempts, cart by cart, each cart's in the order in which they were sent.
    package var attempts: [Attempt] {
        lockedHistories.flatMap { lockedHistory in
            lockedHistory.cartHistory.withLock { cartHistory in
                cartHistory.attempts.map { $0.attempt(of: cartHistory.cart) }
            }
        }
    }

    /// The highest version of a cart that anybody was shown.
    package func version(of cart: Int) -> UInt64 {
        lockedHistories[cart].cartHistory.withLock { $0.era.log.version }
    }

    /// The history of a cart as it is now.
    func cartHistory(of cart: Int) -> CartHistory {
        lockedHistories[cart].cartHistory.withLock { $0 }
    }
}

/// One cart's history and its lock.
private final class LockedCartHistory: Sendable {
    let cartHistory: Mutex<CartHistory>

    init(cart: Int) {
        cartHistory = Mutex(CartHistory(cart: cart))
    }
}
