import ActorRuntime
import Cart

// Everything that can be said no to, and how HTTP says it. Nowhere else.

extension Problem {
    /// The request can not be understood.
    init(_ flaw: RequestError) {
        switch flaw {
        case .unknownPath:
            self.init(.unknownPath, "no resource has this path")
        case .methodNotAllowed(let allowed):
            self.init(.methodNotAllowed, "allowed here: \(allowed)")
            allow = allowed
        case .bodyTooLarge(let limit):
            self.init(.bodyTooLarge, "a body has at most \(limit) bytes")
            members["maximum"] = .number(Int64(limit))
        case .unsupportedMediaType(let type):
            let found = type.map { "declared as \($0)" } ?? "not declared"
            self.init(
                .unsupportedMediaType,
                "the body is \(found), not as application/json",
                field: "Content-Type"
            )
        case .missingBody:
            self.init(.malformedJSON, "the body is empty and must be a JSON object", field: "")
        case .malformedJSON(let flaw):
            self.init(.malformedJSON, Problem.detail(flaw.kind), field: flaw.pointer.text)
        case .malformedIfMatch:
            self.init(.malformedHeader, "If-Match is * or a list of entity tags in quotes", field: "If-Match")
        case .malformedIdempotencyKey:
            self.init(
                .malformedHeader,
                """
                Idempotency-Key is given once: 1 to \(IdempotencyKey.maximumLength) visible ASCII characters, \
                bare or in quotes
                """,
                field: "Idempotency-Key"
            )
        case .shortIdempotencyKey:
            self.init(
                .malformedHeader,
                """
                the cart gets its id of Idempotency-Key, which must be as hard to guess: \
                \(IdempotencyKey.minimumLengthForID) characters or more
                """,
                field: "Idempotency-Key"
            )
        case .unknownField(let pointer, let known):
            self.init(.unknownField, "known here: \(known.joined(separator: ", "))", field: pointer.text)
        case .missingField(let pointer):
            self.init(.missingField, "\(pointer.text) must be given", field: pointer.text)
        case .wrongType(let pointer, let expected, let actual):
            self.init(.wrongType, "expected \(expected), found \(actual)", field: pointer.text)
        case .hugeInteger(let pointer):
            self.init(.invalidField, "an integer beyond 64 bits", field: pointer.text)
        case .invalidValue(let pointer, let expected):
            self.init(.invalidField, "expected \(expected)", field: pointer.text)
        case .rejected(let rejection, let part):
            self.init(rejection, in: part)
        }
    }

    /// The domain says no.
    ///
    /// - Parameters:
    ///   - part: where the request has what may be wrong.
    ///   - ifMatch: the demand as it was sent.
    init(_ rejection: CartRejection, in part: FieldLocation, ifMatch: IfMatch = .absent) {
        switch rejection {
        case .cartNotFound:
            self.init(.cartNotFound, "no cart has this id", field: part.cart)
        case .cartDeleted:
            self.init(.cartDeleted, "the cart was deleted; PUT creates it anew", field: part.cart)
        case .lineNotFound(let line):
            let field = part == .action ? "/lineId" : nil
            self.init(.lineNotFound, "the cart has no line \(line.text)", field: field)
        case .cartCheckedOut(let order):
            self.init(.cartCheckedOut, "the cart is order \(order.text)", field: part.cart)
            members["order"] = .text(order.text)
        case .cartEmpty:
            self.init(.cartEmpty, "an order has at least one line")
        case .cartMerged(let target, let merge):
            self.init(
                .cartMerged,
                "the lines are in cart \(target.text) or on the way there",
                field: part.cart
            )
            members["into"] = .text(target.text)
            members["mergeId"] = .text(merge)
        case .mergeDeclined, .mergeTaken, .mergeNotUnderWay:
            self.init(.mergeConflict, "another request has settled the merge; send this one again")
        case .mergeForgotten:
            self.init(.mergeForgotten, "the cart took too many others since to know of this one")
        case .action(let index, let rejection):
            self.init(rejection, in: .action)
            self.field = JSONPointer()["actions"][String(index)].text + (self.field ?? "")
            members["action"] = .number(Int64(index))
        case .versionMismatch(let expected, let actual):
            self.init(mismatch: ifMatch, expected: expected, actual: actual)
        case .currencyMismatch(let cart, let given):
            self.init(
                .currencyMismatch,
                "the cart counts in \(cart.code), not in \(given.code)",
                field: Problem.name(.currency, in: part)
            )
            members["cart"] = .text(cart.code)
            members["given"] = .text(given.code)
        case .operationReused:
            self.init(
                .idempotencyKeyReused,
                "the key was used on this cart for another request, which was applied",
                field: "Idempotency-Key"
            )
        case .operationRetired:
            self.init(
                .idempotencyKeyRetired,
                "the key was used on this cart and its request applied; what it did is not known any more",
                field: "Idempotency-Key"
            )
        case .invalid(let field, let flaw):
            switch field {
            case .cartID, .lineID:
                self.init(.invalidID, Problem.detail(flaw), field: Problem.name(field, in: part))
            case .version where flaw == .empty:
                let detail = "the version to order must be given, here or in If-Match"
                self.init(.missingField, detail, field: Problem.name(field, in: part))
            case .currency, .sku, .name, .quantity, .unitPrice, .attributes, .attributeKey, .attributeValue,
                .note, .customer, .email, .discountCodes, .discountCode, .expiresIn, .actions, .takenLines,
                .takenQuantity, .version, .mergeSource, .mergeID:
                self.init(.invalidField, Problem.detail(flaw), field: Problem.name(field, in: part))
            }
        case .limit(let limit, let maximum, let actual):
            self.init(
                .limitReached,
                "\(Problem.name(limit)): \(actual) would be more than \(maximum)",
                field: part == .merge ? "/from" : Problem.pointer(limit)
            )
            members["maximum"] = .number(maximum)
            members["actual"] = .number(actual)
        }
    }

    /// The cart is not at the version that `If-Match` demands. Names both as entity tags.
    init(mismatch ifMatch: IfMatch, expected: UInt64, actual: UInt64) {
        let demand =
            switch ifMatch {
            case .absent: "\"\(expected)\""
            case .present: "*"
            case .versions(_, let field): field
            }
        let version = actual == 0 ? "none" : "\"\(actual)\""
        self.init(
            .versionMismatch,
            "If-Match demands \(demand), the cart is at \(version)",
            field: "If-Match"
        )
        members["expected"] = .text(demand)
        members["actual"] = .text(version)
    }

    /// The world says no.
    init(_ failure: HostFailure) {
        let kind: ProblemKind =
            switch failure.reason {
            case .overloaded: .overloaded
            case .storeUnavailable: .storeUnavailable
            case .ownerUnreachable: .ownerUnreachable
            case .unreadable: .unreadable
            case .deadlineExceeded: .deadlineExceeded
            case .sessionLost: .sessionLost
            case .notReady: .notReady
            case .draining: .draining
            }
        let outcome =
            switch failure.outcome {
            case .notApplied: "not-applied"
            case .unknown: "unknown"
            }
        self.init(kind, failure.detail)
        members["cart"] = .text(failure.id.rawValue)
        retryAdvice = RetryAdvice(
            outcome: outcome,
            retryAfterSeconds: Problem.wholeSeconds(failure.retryAfter)
        )
    }

    /// The store says no to a look, which changes nothing.
    init(_ failure: StoreFailure, about id: ActorID) {
        switch failure {
        case .unanswered(let why), .unsent(let why), .refused(let why):
            self.init(HostFailure(.storeUnavailable, .notApplied, id: id, detail: why))
        case .unreadable(let why):
            self.init(HostFailure(.unreadable, .notApplied, id: id, detail: why))
        }
    }

    /// Rounded up, at least 1 and at most an hour.
    private static func wholeSeconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        guard seconds < 3_600 else { return 3_600 }
        return max(1, seconds + (attoseconds > 0 ? 1 : 0))
    }
}
