/// A kind of refusal. Clients may rely on the raw value, which faces show: a kind's name and meaning never
/// change.
package enum RefusalKind: String, Sendable, CaseIterable {
    /// The body is longer than the limit.
    case bodyTooLarge = "body-too-large"
    /// The message of a call is not of its type.
    case malformedMessage = "malformed-message"
    /// A header field is malformed.
    case malformedHeader = "malformed-header"
    /// No cart or line can have the id.
    case invalidID = "invalid-id"
    /// The request has a field that is not known.
    case unknownField = "unknown-field"
    /// A field that must be given is missing.
    case missingField = "missing-field"
    /// A field is of the wrong type.
    case wrongType = "wrong-type"
    /// No cart can have the value of a field.
    case invalidField = "invalid-field"
    /// No cart has this id.
    case cartNotFound = "cart-not-found"
    /// The cart was deleted; only creating it again brings its id back.
    case cartDeleted = "cart-deleted"
    /// The cart is stored in a way that keeps no history.
    case historyNotKept = "history-not-kept"
    /// The cart's lines went to another cart, and its history is erased.
    case historyErased = "history-erased"
    /// The cart has no such line.
    case lineNotFound = "line-not-found"
    /// The cart is not in the state that the client requires.
    case versionMismatch = "version-mismatch"
    /// The cart counts in another currency.
    case currencyMismatch = "currency-mismatch"
    /// The cart would exceed a limit.
    case limitReached = "limit-reached"
    /// The cart was ordered.
    case cartCheckedOut = "cart-checked-out"
    /// There is nothing in the cart to order.
    case cartEmpty = "cart-empty"
    /// The cart has not been ordered, or not any more.
    case orderNotFound = "order-not-found"
    /// The cart's lines are in another cart, or on the way there.
    case cartMerged = "cart-merged"
    /// Another request settled the merge; the same request sent again tells how.
    case mergeConflict = "merge-conflict"
    /// The merge was begun so many merges ago that nobody can tell whether it was made.
    case mergeForgotten = "merge-forgotten"
    /// Nobody may do this.
    case forbidden
    /// Only callers that the shop trusts may do this, and the caller did not show that it is one.
    case unauthenticated
    /// The idempotency key stands for another request that was applied to this cart.
    case idempotencyKeyReused = "idempotency-key-reused"
    /// The request with this idempotency key was applied too many changes ago to tell what it did.
    case idempotencyKeyRetired = "idempotency-key-retired"
    /// The node has as much to do as it accepts.
    case overloaded
    /// The store does not answer, or refuses.
    case storeUnavailable = "store-unavailable"
    /// The node that owns the cart cannot be reached.
    case ownerUnreachable = "owner-unreachable"
    /// This node cannot read the stored cart, and left it as it is.
    case unreadable
    /// The request took longer than it may.
    case deadlineExceeded = "deadline-exceeded"
    /// The node lost its right to act while at work.
    case sessionLost = "session-lost"
    /// The node may not act yet.
    case notReady = "not-ready"
    /// The node is leaving and no other can take the cart.
    case draining
    /// The node contradicts itself.
    case internalError = "internal-error"
}
