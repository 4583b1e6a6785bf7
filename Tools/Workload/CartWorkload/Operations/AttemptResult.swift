/// The result of one attempt, as its client received it or had to assume it.
package struct AttemptResult: Sendable {
    package enum Outcome: Sendable {
        /// Success, with the cart after the change; a replay shows the current cart, or none.
        case done(CartObservation?)
        /// The cart refused the operation: nothing was changed.
        case rejected(Rejection)
        /// A failure; the operation was not and will not be applied.
        case notApplied(String)
        /// A failure; the operation may have been applied, may be applied later, once, or never.
        case unknown(String)
    }

    /// The reasons for which a cart refuses a well-formed request of a workload.
    package enum Rejection: Hashable, Sendable {
        case cartMissing
        case lineMissing
        /// A limit of the cart is reached.
        case full
        /// Any other reason; no operation of a workload gives one.
        case other(String)
    }

    package var outcome: Outcome
    /// The pause before a retry that the server asked for.
    package var retryAfter: Duration?
    /// The name of the node that decided, if the reply has it.
    package var owner: String?
    /// The reply says that the change had been made before, under the same key.
    package var isReplay = false
    /// The version that a keyed change produced, if the reply has it.
    package var committedAt: UInt64?
    /// The node did not accept a connection.
    package var isUnreached = false
    /// The defect of a reply that breaks the protocol.
    package var flaw: String?

    package init(_ outcome: Outcome, owner: String? = nil) {
        self.outcome = outcome
        self.owner = owner
    }

    /// The cart in the reply.
    package var observation: CartObservation? {
        switch outcome {
        case .done(let observation): observation
        case .rejected, .notApplied, .unknown: nil
        }
    }

    /// The cart decided the operation: it was done or refused.
    package var isDecided: Bool {
        switch outcome {
        case .done, .rejected: true
        case .notApplied, .unknown: false
        }
    }
}
