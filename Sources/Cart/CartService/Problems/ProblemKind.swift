/// Every kind of problem that we answer (RFC 9457). The raw value ends the problem's `type`, which clients may rely on:
/// `urn:cart-node:problem:<raw value>`. A kind's status and meaning never change.
package enum ProblemKind: String, Sendable, CaseIterable {
    /// No resource has this path.
    case unknownPath = "unknown-path"
    /// The resource has other methods; `Allow` lists them.
    case methodNotAllowed = "method-not-allowed"
    /// The body is longer than the limit.
    case bodyTooLarge = "body-too-large"
    /// The body is not declared as `application/json`.
    case unsupportedMediaType = "unsupported-media-type"
    /// The body is missing or is not JSON that can be read without doubt.
    case malformedJSON = "malformed-json"
    /// The message of a call over gRPC is not of its type.
    case malformedMessage = "malformed-message"
    /// A header field is not what it should be; `field` names it.
    case malformedHeader = "malformed-header"
    /// The cart's or the line's id in the path can be no id; `field` is `id` or `lineId`.
    case invalidID = "invalid-id"
    /// A member that nothing is known of; `field` is its JSON pointer.
    case unknownField = "unknown-field"
    /// A member that must be there is not; `field` is its JSON pointer.
    case missingField = "missing-field"
    /// A member is of the wrong type; `field` is its JSON pointer.
    case wrongType = "wrong-type"
    /// A member's value can be in no cart; `field` is its JSON pointer.
    case invalidField = "invalid-field"
    /// No cart has this id.
    case cartNotFound = "cart-not-found"
    /// The cart was deleted; PUT creates it anew.
    case cartDeleted = "cart-deleted"
    /// The cart is kept in a way that keeps no history.
    case historyNotKept = "history-not-kept"
    /// The cart has no such line.
    case lineNotFound = "line-not-found"
    /// The cart is at another version than `If-Match` demands.
    case versionMismatch = "version-mismatch"
    /// The cart counts in another currency.
    case currencyMismatch = "currency-mismatch"
    /// The cart would exceed a limit.
    case limitReached = "limit-reached"
    /// The cart was ordered; `order` names the order.
    case cartCheckedOut = "cart-checked-out"
    /// There is nothing in the cart to order.
    case cartEmpty = "cart-empty"
    /// The cart has not been ordered, or not any more.
    case orderNotFound = "order-not-found"
    /// The cart's lines are in another cart or on the way there; `into` names it and `mergeId` the merge.
    case cartMerged = "cart-merged"
    /// The merge was settled by another request meanwhile; the same request again tells how.
    case mergeConflict = "merge-conflict"
    /// The merge was begun so many merges ago that nobody can tell whether it was made.
    case mergeForgotten = "merge-forgotten"
    /// Only callers that the shop trusts may do this.
    case forbidden
    /// The idempotency key stands for another request that was applied to this cart.
    case idempotencyKeyReused = "idempotency-key-reused"
    /// The request with this idempotency key was applied too many changes ago to tell what it did.
    case idempotencyKeyRetired = "idempotency-key-retired"
    /// The node has more to do than it takes on.
    case overloaded
    /// Redis does not answer, or refuses.
    case storeUnavailable = "store-unavailable"
    /// The node that has the cart can not be reached.
    case ownerUnreachable = "owner-unreachable"
    /// What is stored of the cart can not be read by this node; it was left as it is.
    case unreadable
    /// It took longer than a request may.
    case deadlineExceeded = "deadline-exceeded"
    /// The node lost its right to act while at work.
    case sessionLost = "session-lost"
    /// The node may not act yet.
    case notReady = "not-ready"
    /// The node is leaving and no other can take the cart.
    case draining
    /// The node contradicts itself.
    case internalError = "internal-error"

    /// The problem's `type`.
    package var type: String { "urn:cart-node:problem:" + rawValue }

    /// The response's status. 400: the request can not be read. 422: it was read, and a value in its body can not be, or
    /// not under its key.
    package var status: Int {
        switch self {
        case .malformedJSON, .malformedMessage, .malformedHeader, .invalidID: 400
        case .forbidden: 403
        case .unknownPath, .cartNotFound, .lineNotFound, .orderNotFound, .historyNotKept: 404
        case .methodNotAllowed: 405
        case .currencyMismatch, .limitReached, .idempotencyKeyRetired, .cartCheckedOut, .cartEmpty,
            .cartMerged,
            .mergeConflict, .mergeForgotten:
            409
        case .cartDeleted: 410
        case .versionMismatch: 412
        case .bodyTooLarge: 413
        case .unsupportedMediaType: 415
        case .unknownField, .missingField, .wrongType, .invalidField, .idempotencyKeyReused: 422
        case .unreadable, .internalError: 500
        case .overloaded, .storeUnavailable, .ownerUnreachable, .sessionLost, .notReady, .draining: 503
        case .deadlineExceeded: 504
        }
    }

    /// The status of a call over gRPC, beside that of a response over HTTP.
    package var code: RPCCode {
        switch self {
        case .malformedJSON, .malformedMessage, .malformedHeader, .invalidID, .unsupportedMediaType,
            .unknownField, .missingField, .wrongType, .invalidField:
            .invalidArgument
        case .cartNotFound, .cartDeleted, .lineNotFound, .orderNotFound, .historyNotKept: .notFound
        case .forbidden: .permissionDenied
        case .unknownPath, .methodNotAllowed: .unimplemented
        case .bodyTooLarge, .limitReached: .resourceExhausted
        case .currencyMismatch, .idempotencyKeyReused, .idempotencyKeyRetired, .cartCheckedOut, .cartEmpty,
            .cartMerged, .mergeForgotten:
            .failedPrecondition
        // The client may read again and try with what it finds.
        case .versionMismatch, .mergeConflict: .aborted
        case .overloaded, .storeUnavailable, .ownerUnreachable, .sessionLost, .notReady, .draining:
            .unavailable
        case .deadlineExceeded: .deadlineExceeded
        case .unreadable: .dataLoss
        case .internalError: .internalError
        }
    }

    /// The kind in a few words, the same each time.
    package var title: String {
        switch self {
        case .unknownPath: "There is nothing here"
        case .methodNotAllowed: "The method is not allowed here"
        case .bodyTooLarge: "The body is too large"
        case .unsupportedMediaType: "The body is not declared as JSON"
        case .malformedJSON: "The body is not JSON"
        case .malformedMessage: "The message can not be read"
        case .malformedHeader: "A header field is malformed"
        case .invalidID: "That is no id"
        case .unknownField: "A field is not known"
        case .missingField: "A field is missing"
        case .wrongType: "A field is of the wrong type"
        case .invalidField: "A field has an invalid value"
        case .cartNotFound: "The cart does not exist"
        case .cartDeleted: "The cart was deleted"
        case .historyNotKept: "No history is kept of the cart"
        case .lineNotFound: "The line does not exist"
        case .versionMismatch: "The cart is at another version"
        case .currencyMismatch: "The cart has another currency"
        case .limitReached: "The cart is full"
        case .cartCheckedOut: "The cart was checked out"
        case .cartEmpty: "The cart is empty"
        case .orderNotFound: "There is no order"
        case .cartMerged: "The cart was merged into another"
        case .mergeConflict: "The merge was settled meanwhile"
        case .mergeForgotten: "The merge was begun too long ago"
        case .forbidden: "The caller may not do this"
        case .idempotencyKeyReused: "The key stands for another request"
        case .idempotencyKeyRetired: "The key was used too long ago"
        case .overloaded: "The node is overloaded"
        case .storeUnavailable: "The store is not available"
        case .ownerUnreachable: "The cart's node can not be reached"
        case .unreadable: "The stored cart can not be read"
        case .deadlineExceeded: "It took too long"
        case .sessionLost: "The node lost its session"
        case .notReady: "The node is not ready"
        case .draining: "The node is leaving"
        case .internalError: "The node made a mistake"
        }
    }
}
