/// What a client was told of one attempt, or had to think where it was told nothing.
package struct AttemptResult: Sendable {
    package enum Outcome: Sendable {
        /// Done, and the cart as the change left it; a replay shows the cart as it is now, or none.
        case done(CartObservation?)
        /// The cart's own no: nothing was changed.
        case rejected(Rejection)
        /// It failed, and was not and will not be applied.
        case notApplied(String)
        /// It failed, and was applied, or will be, once, or never.
        case unknown(String)
    }

    /// Why a cart says no to a workload, all of whose requests are well formed.
    package enum Rejection: Hashable, Sendable {
        case cartMissing
        case lineMissing
        /// A limit of the cart's is reached.
        case full
        /// Anything else, which no operation gives reason for.
        case other(String)
    }

    package var outcome: Outcome
    /// After what time the client was asked to try again.
    package var retryAfter: Duration?
    /// The name of the node that decided, if it was told.
    package var owner: String?
    /// Whether it says that the change was made before, under the same key.
    package var isReplay = false
    /// The version that a change under a key led to, where the reply says so.
    package var committedAt: UInt64?
    /// Whether it is the client's own: the node that was asked did not even take a connection.
    package var isUnreached = false
    /// What is wrong with the reply itself.
    package var flaw: String?

    package init(_ outcome: Outcome, owner: String? = nil) {
        self.outcome = outcome
        self.owner = owner
    }

    /// The cart that it shows.
    package var observation: CartObservation? {
        switch outcome {
        case .done(let observation): observation
        case .rejected, .notApplied, .unknown: nil
        }
    }

    /// Whether the cart answered, with yes or no.
    package var isDecided: Bool {
        switch outcome {
        case .done, .rejected: true
        case .notApplied, .unknown: false
        }
    }
}
