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
        case cartDeleted
        case lineMissing
        /// A limit of the cart is reached.
        case full
        /// The cart is an order.
        case ordered
        /// The cart has nothing to order.
        case empty
        /// The lines went to another cart, or are about to: by this merge, if the reply names it.
        case merged(MergePointer?)
        /// The merge was settled by another request, or so long ago that the cart does not know how.
        case mergeUnsettled
        /// The other cart of a merge refuses.
        case source
        /// The cart is not at the expected version, but at this one if the reply says so.
        case versionMismatch(actual: UInt64?)
        /// The key stands for another operation.
        case keyReused
        /// Any other reason; no operation of a workload gives one.
        case other(String)
    }

    /// The merge that closed a cart, and the name of the cart that it leads to.
    package struct MergePointer: Hashable, Sendable {
        package let id: OperationID
        package let target: String

        package init(_ id: OperationID, into target: String) {
            self.id = id
            self.target = target
        }
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
    /// The version of the cart on which a refusal stands, if the reply has it.
    package var decidedAt: UInt64?
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

extension AttemptResult {
    /// The result of a request that the cluster refuses for this reason.
    ///
    /// - Parameters:
    ///   - kind: the last part of the problem's type.
    ///   - concernsSource: the cart whose lines a merge is to take refuses.
    package init(
        refusal kind: String,
        _ text: String,
        merge: MergePointer? = nil,
        actual: UInt64? = nil,
        concernsSource: Bool = false
    ) {
        if concernsSource {
            self.init(.rejected(.source))
            return
        }
        switch kind {
        case "cart-not-found": self.init(.rejected(.cartMissing))
        case "cart-deleted": self.init(.rejected(.cartDeleted))
        case "line-not-found": self.init(.rejected(.lineMissing))
        case "limit-reached": self.init(.rejected(.full))
        case "cart-checked-out": self.init(.rejected(.ordered))
        case "cart-empty": self.init(.rejected(.empty))
        case "cart-merged": self.init(.rejected(.merged(merge)))
        case "merge-conflict", "merge-forgotten": self.init(.rejected(.mergeUnsettled))
        case "version-mismatch":
            self.init(.rejected(.versionMismatch(actual: actual)))
            decidedAt = actual
        case "idempotency-key-reused": self.init(.rejected(.keyReused))
        case "idempotency-key-retired":
            // The change was applied, but the cart has forgotten its result.
            self.init(.done(nil))
            isReplay = true
        default: self.init(.rejected(.other(text)))
        }
    }
}
