import Cart
import Hosting

// Everything that can be said no to, and how HTTP says it. Nowhere else.

extension Problem {
    /// The request can not be understood.
    init(_ flaw: RequestFlaw) {
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
        case .rejected(let rejection, let part):
            self.init(rejection, in: part)
        }
    }

    /// The domain says no.
    ///
    /// - Parameters:
    ///   - part: where the request has what may be wrong.
    ///   - ifMatch: the demand as it was sent.
    init(_ rejection: CartRejection, in part: RequestPart, ifMatch: IfMatch = .absent) {
        switch rejection {
        case .cartNotFound:
            self.init(.cartNotFound, "no cart has this id")
        case .cartDeleted:
            self.init(.cartDeleted, "the cart was deleted; PUT creates it anew")
        case .lineNotFound(let line):
            self.init(.lineNotFound, "the cart has no line \(line.text)")
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
            case .currency, .sku, .name, .quantity, .unitPrice, .attributes, .attributeKey, .attributeValue:
                self.init(.invalidField, Problem.detail(flaw), field: Problem.name(field, in: part))
            }
        case .limit(let limit, let maximum, let actual):
            self.init(
                .limitReached,
                "\(Problem.name(limit)): \(actual) would be more than \(maximum)",
                field: Problem.pointer(limit)
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
        aftermath = Aftermath(outcome: outcome, retryAfterSeconds: Problem.wholeSeconds(failure.retryAfter))
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

    private static func detail(_ kind: JSONFlaw.Kind) -> String {
        switch kind {
        case .syntax(let offset): "not JSON at byte \(offset)"
        case .duplicate: "the name occurs twice"
        case .tooDeep: "nested too deep"
        case .tooManyMembers: "too many members"
        }
    }

    private static func detail(_ flaw: CartRejection.Flaw) -> String {
        switch flaw {
        case .empty: "it must not be empty"
        case .tooLong(let maximum, let actual): "at most \(maximum), found \(actual)"
        case .forbiddenCharacter(let offset): "a character that it may not have, at byte \(offset)"
        case .outOfRange(let minimum, let maximum, let actual): "\(minimum) to \(maximum), found \(actual)"
        case .malformed: "not of its form"
        case .unknown: "well formed, but nothing is known by it"
        }
    }

    private static func name(_ field: CartRejection.Field, in part: RequestPart) -> String {
        switch field {
        case .cartID: "id"
        case .lineID: "lineId"
        case .currency: part == .addition ? "/unitPrice/currency" : "/currency"
        case .sku: "/sku"
        case .name: "/name"
        case .quantity: "/quantity"
        case .unitPrice: "/unitPrice/amount"
        case .attributes, .attributeKey: "/attributes"
        case .attributeValue(let key): JSONPointer()["attributes"][key].text
        }
    }

    private static func name(_ limit: CartRejection.Limit) -> String {
        switch limit {
        case .lines: "lines of a cart"
        case .quantity: "quantity of a line"
        case .metadataBytes: "bytes of all attributes of a cart"
        case .lineIDs: "lines ever added to a cart"
        }
    }

    /// The field that reached the limit, if it was one.
    private static func pointer(_ limit: CartRejection.Limit) -> String? {
        switch limit {
        case .quantity: "/quantity"
        case .metadataBytes: "/attributes"
        case .lines, .lineIDs: nil
        }
    }
}
