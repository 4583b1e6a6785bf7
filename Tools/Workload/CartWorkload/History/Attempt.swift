/// One attempt at an operation, as it was taken down.
package struct Attempt: Sendable {
    package enum Outcome: UInt8, Sendable, CaseIterable {
        /// Not answered yet, or never.
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
    /// The number of the node that was asked.
    package let node: Int
    package let sentAt: Duration
    /// Nil while it was not answered.
    package let answeredAt: Duration?
    package let outcome: Outcome
    /// The version that was shown; nil where none was.
    package let version: UInt64?
    package let isReplay: Bool
    /// Whether the node did not even take a connection.
    package let isUnreached: Bool
}

/// The same, in as little space as will do: a load test has millions.
struct AttemptRecord: Sendable {
    let operation: OperationID
    let sentAt: Int64
    var answeredAt: Int64 = -1
    var version: UInt64 = 0
    /// The highest version that had been shown in this cart when the attempt was sent.
    let floor: UInt64
    /// Its change in the cart's history; -1 for a look.
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

extension Duration {
    /// Whole nanoseconds; a run's times are far from the limits.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : whole &+ attoseconds / 1_000_000_000
    }
}
