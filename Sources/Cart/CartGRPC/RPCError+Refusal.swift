import ActorRuntime
import CartApplication
import GRPCCore

extension RPCError {
    /// A refusal, in words and in trailers: `cart-problem` is its kind; `cart-outcome`, where the world
    /// rather than the cart says no, the change's outcome; `grpc-retry-pushback-ms` when to come again, or
    /// (-1) that nobody should unasked.
    ///
    /// - Parameter names: the protocol's names of fields.
    init(_ refusal: Refusal, names: Refusal.FieldNames) {
        let place = refusal.action.map { "actions[\($0)]" }
        let path = [place, names[refusal.field]].compactMap { $0 }.joined(separator: ".")
        let prefix = path.isEmpty ? "" : path + ": "
        var trailers: Metadata = ["cart-problem": "\(refusal.kind.rawValue)"]
        if let retryAdvice = refusal.retryAdvice {
            trailers.addString(retryAdvice.outcome.rawValue, forKey: "cart-outcome")
            let pushback: Int64 =
                switch retryAdvice.outcome {
                case .notApplied: retryAdvice.retryAfterSeconds * 1_000
                case .unknown: -1
                }
            trailers.addString("\(pushback)", forKey: "grpc-retry-pushback-ms")
        }
        self.init(code: Code(refusal.kind), message: prefix + refusal.detail, metadata: trailers)
    }
}

extension Refusal.FieldNames {
    /// The names of `cart.v1`. The key and the version have none, as each stands in one place or in another.
    static let cartV1 = Refusal.FieldNames([
        .cart: "cart_id",
        .line: "line_id",
        .cartCurrency: "currency",
        .priceCurrency: "currency",
        .sku: "sku",
        .name: "name",
        .quantity: "quantity",
        .unitPrice: "unit_price.minor_units",
        .attributes: "attributes",
        .attribute: "attributes[*]",
        .note: "note",
        .customer: "customer_id",
        .email: "email",
        .discountCodes: "discount_codes",
        .discountCode: "discount_codes.codes[*]",
        .expiresIn: "expires_in_seconds",
        .actions: "actions",
        .takenLines: "lines",
        .takenQuantity: "lines[*].quantity",
        .version: "version",
        .mergeSource: "from",
        .mergeID: "merge_id",
        .authorization: "authorization",
    ])

    /// The names of the demo shops' cart services.
    static let demoShop = Refusal.FieldNames([
        .cart: "user_id",
        .sku: "item.product_id",
        .quantity: "item.quantity",
        .priceCurrency: "item",
    ])

    /// For messages that could not be read.
    static let none = Refusal.FieldNames([:])
}

extension RPCError.Code {
    /// The status of a call that is refused for this kind of reason.
    init(_ kind: RefusalKind) {
        self =
            switch kind {
            case .malformedMessage, .malformedHeader, .invalidID, .unknownField, .missingField, .wrongType,
                .invalidField:
                .invalidArgument
            case .cartNotFound, .cartDeleted, .lineNotFound, .orderNotFound, .historyNotKept,
                .historyErased:
                .notFound
            case .forbidden: .permissionDenied
            case .unauthenticated: .unauthenticated
            case .bodyTooLarge, .limitReached: .resourceExhausted
            case .currencyMismatch, .idempotencyKeyReused, .idempotencyKeyRetired, .cartCheckedOut,
                .cartEmpty,
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
}
