import CartApplication

extension RefusalKind {
    /// The response's status. 400: the request cannot be read. 422: it was read, and a value in its body is
    /// wrong, or wrong under its key.
    var status: Int {
        switch self {
        case .malformedMessage, .malformedHeader, .invalidID: 400
        case .unauthenticated: 401
        case .forbidden: 403
        case .cartNotFound, .lineNotFound, .orderNotFound, .historyNotKept: 404
        case .currencyMismatch, .limitReached, .idempotencyKeyRetired, .cartCheckedOut, .cartEmpty,
            .cartMerged,
            .mergeConflict, .mergeForgotten:
            409
        case .cartDeleted, .historyErased: 410
        case .versionMismatch: 412
        case .bodyTooLarge: 413
        case .unknownField, .missingField, .wrongType, .invalidField, .idempotencyKeyReused: 422
        case .unreadable, .internalError: 500
        case .overloaded, .storeUnavailable, .ownerUnreachable, .sessionLost, .notReady, .draining: 503
        case .deadlineExceeded: 504
        }
    }

    /// The `title` of its problem: a few words, the same each time.
    var title: String {
        switch self {
        case .bodyTooLarge: "The body is too large"
        case .malformedMessage: "The message cannot be read"
        case .malformedHeader: "A header field is malformed"
        case .invalidID: "The id is invalid"
        case .unknownField: "A field is not known"
        case .missingField: "A field is missing"
        case .wrongType: "A field is of the wrong type"
        case .invalidField: "A field has an invalid value"
        case .cartNotFound: "The cart does not exist"
        case .cartDeleted: "The cart was deleted"
        case .historyNotKept: "The cart has no history"
        case .historyErased: "The cart's history is erased"
        case .lineNotFound: "The line does not exist"
        case .versionMismatch: "The cart is at another version"
        case .currencyMismatch: "The cart has another currency"
        case .limitReached: "The cart has reached a limit"
        case .cartCheckedOut: "The cart was checked out"
        case .cartEmpty: "The cart is empty"
        case .orderNotFound: "The order does not exist"
        case .cartMerged: "The cart was merged into another"
        case .mergeConflict: "The merge was settled by another request"
        case .mergeForgotten: "The merge is too old"
        case .forbidden: "The caller may not do this"
        case .unauthenticated: "The caller must present the shop's token"
        case .idempotencyKeyReused: "The idempotency key was used for another request"
        case .idempotencyKeyRetired: "The idempotency key was used too long ago"
        case .overloaded: "The node is overloaded"
        case .storeUnavailable: "The store is not available"
        case .ownerUnreachable: "The node that owns the cart cannot be reached"
        case .unreadable: "The stored cart cannot be read"
        case .deadlineExceeded: "The request took too long"
        case .sessionLost: "The node lost its session"
        case .notReady: "The node is not ready"
        case .draining: "The node is shutting down"
        case .internalError: "The node contradicts itself"
        }
    }
}
