/// One recorded attempt at an operation.
package struct Attempt: Sendable {
    package enum Outcome: UInt8, Sendable, CaseIterable {
        /// Not answered yet, or never answered.
        case pending
        case done
        case rejected
        case notApplied
        case unknown
    }

    package let operation: OperationID
    /// The number of the cart.
    package let cart: Int
    package let isRead: Bool
    /// The number of the node that received the request.
    package let node: Int
    package let sentAt: Duration
    /// Nil until it is answered.
    package let answeredAt: Duration?
    package let outcome: Outcome
    /// The version of the cart in the answer; nil if it has none.
    package let version: UInt64?
    package let isReplay: Bool
    /// The node did not accept a connection.
    package let isUnreached: Bool
}

/// An attempt in compact form: a load test records millions.
struct AttemptRecord: Sendable {
    let operation: OperationID
    let sentAt: Int64
    var answeredAt: Int64 = -1
    var version: UInt64 = 0
    /// The highest version of the cart that any client had received when the attempt was sent.
    let floor: UInt64
    /// The index of its change in the cart's history; -1 for a read.
    let change: Int32
    let node: UInt16
    let era: UInt16
    var outcome = Attempt.Outcome.pending
    var isReplay = false
    var isUnreached = false

    func attempt(of cart: Int) -> Attempt {
        Attempt(
            operation: operation,
            cart: cart,
            isRead: change < 0,
            node: Int(node),
            sentAt: .nanoseconds(sentAt),
            answeredAt: answeredAt < 0 ? nil : .nanoseconds(answeredAt),
            outcome: outcome,
            version: version == 0 ? nil : version,
            isReplay: isReplay,
            isUnreached: isUnreached
        )
    }
}
