import Synchronization

/// The requests and answers of a cluster's clients, in the order of events.
///
/// The order of the calls is the order of events: `sent` is called before a request leaves and `answered`
/// after its reply was read, so that an answer which preceded a request is recorded before it. Times serve
/// reports only.
package final class History: Sendable {
    /// A reference to a recorded attempt.
    package struct SentAttempt: Sendable {
        let cart: Int
        let attempt: Int
        /// The operation, if it is a merge of the cart with this number.
        let merge: (operation: OperationID, source: Int)?
    }

    private let lockedHistories: [LockedCartHistory]
    private let notes = Mutex<[Note]>([])

    /// An event that is not an operation, such as a fault.
    package struct Note: Hashable, Sendable {
        package let at: Duration
        package let text: String
    }

    /// - Parameter carts: the number of carts. Operations name carts from 0 up to but not including it.
    package init(carts: Int) {
        lockedHistories = (0..<carts).map { LockedCartHistory(cart: $0) }
    }

    /// The number of carts.
    package var carts: Int { lockedHistories.count }

    /// Records an attempt that is about to be sent.
    package func sent(_ operation: WorkloadOperation, to node: Int, at time: Duration) -> SentAttempt {
        let cart = operation.cart.number
        precondition(
            lockedHistories.indices.contains(cart),
            "\(operation) names cart \(cart) of \(lockedHistories.count)"
        )
        var merge: (operation: OperationID, source: Int)?
        if case .merge(let source, _) = operation.action,
            lockedHistories.indices.contains(source.number), source.number != cart
        {
            merge = (operation.id, source.number)
            lockedHistories[source.number].cartHistory.withLock { $0.sentMerge(operation, at: time) }
        }
        return SentAttempt(
            cart: cart,
            attempt: lockedHistories[cart].cartHistory.withLock { $0.sent(operation, to: node, at: time) },
            merge: merge
        )
    }

    /// Records the result of an attempt. Not called for an attempt that was never answered.
    package func answered(_ sentAttempt: SentAttempt, _ reply: AttemptResult, at time: Duration) {
        lockedHistories[sentAttempt.cart].cartHistory.withLock {
            $0.answered(sentAttempt.attempt, reply, at: time)
        }
        guard let merge = sentAttempt.merge else { return }
        lockedHistories[merge.source].cartHistory.withLock { $0.answeredMerge(merge.operation, reply) }
    }

    /// Records an event that is not an operation, such as a fault.
    package func note(_ text: String, at time: Duration) {
        notes.withLock { $0.append(Note(at: time, text: text)) }
    }

    /// The events that are not operations, in the order of the calls.
    package var events: [Note] { notes.withLock { $0 } }

    /// Begins a loss window: from now on carts may lose changes, because Redis loses data that no promise
    /// covers.
    ///
    /// - Parameter carts: the numbers of the carts; nil for all.
    package func beginLossWindow(_ carts: [Int]? = nil) {
        for lockedHistory in chosen(carts) { lockedHistory.cartHistory.withLock { $0.beginLossWindow() } }
    }

    /// Ends a loss window: from now on carts keep the state that they have then, whatever it is.
    package func endLossWindow(_ carts: [Int]? = nil) {
        for lockedHistory in chosen(carts) { lockedHistory.cartHistory.withLock { $0.endLossWindow() } }
    }

    /// The number of loss windows of a cart that have ended; nil within one.
    package func era(of cart: Int) -> Int? {
        lockedHistories[cart].cartHistory.withLock { $0.isInLossWindow ? nil : $0.eras.count }
    }

    private func chosen(_ carts: [Int]?) -> [LockedCartHistory] {
        guard let carts else { return lockedHistories }
        return carts.filter(lockedHistories.indices.contains).map { lockedHistories[$0] }
    }

    /// All attempts, cart by cart, those of a cart in the order in which they were sent.
    package var attempts: [Attempt] {
        lockedHistories.flatMap { lockedHistory in
            lockedHistory.cartHistory.withLock { cartHistory in
                cartHistory.attempts.map { $0.attempt(of: cartHistory.cart) }
            }
        }
    }

    /// The highest version of a cart that any client received.
    package func version(of cart: Int) -> UInt64 {
        lockedHistories[cart].cartHistory.withLock { $0.era.log.version }
    }

    /// A copy of a cart's history as it is now.
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
