package import ActorRuntime
package import Cart
import Timing

// Every reason to refuse, and the refusal that it makes. Nowhere else.

extension Refusal {
    /// The request is malformed.
    package init(_ flaw: RequestError) {
        switch flaw {
        case .bodyTooLarge(let limit):
            self.init(.bodyTooLarge, "a body has at most \(limit) bytes")
            values[.maximum] = .number(Int64(limit))
        case .malformedMessage:
            self.init(.malformedMessage, "the request is not a message of its type")
        case .malformedHeader(let place, let expected):
            self.init(.malformedHeader, "expected \(expected)", field: .own(place))
        case .shortIdempotencyKey:
            self.init(
                .malformedHeader,
                """
                the cart's id is made from the idempotency key, which must be hard to guess: \
                at least \(IdempotencyKey.minimumLengthForID) characters
                """,
                field: .named(.idempotencyKey)
            )
        case .unknownField(let place, let known):
            self.init(.unknownField, "known here: \(known.joined(separator: ", "))", field: .own(place))
        case .missingField(let place):
            self.init(.missingField, "the field must be given", field: .own(place))
        case .wrongType(let place, let expected, let actual):
            self.init(.wrongType, "expected \(expected), found \(actual)", field: .own(place))
        case .hugeInteger(let place):
            self.init(.invalidField, "the integer does not fit into 64 bits", field: .own(place))
        case .invalidValue(let place, let expected):
            self.init(.invalidField, "expected \(expected)", field: .own(place))
        case .rejected(let rejection):
            self.init(rejection)
        case .untrusted:
            self.init(
                .forbidden,
                "nobody may set prices here, because the node has no token for it",
                field: .named(.authorization)
            )
        case .unauthenticated:
            self.init(
                .unauthenticated,
                "only callers that present the shop's token may set prices",
                field: .named(.authorization)
            )
        }
    }

    /// The domain refuses a command.
    ///
    /// - Parameters:
    ///   - change: what was asked for; nil for a read.
    ///   - context: the call's, where the version may be refused; nil where the client requires none.
    package init(
        _ rejection: CartRejection,
        of change: CartCommand.Change? = nil,
        under context: CallContext? = nil
    ) {
        self.init(rejection, in: change.map(RequestPart.init) ?? .other, context)
    }

    private init(_ rejection: CartRejection, in part: RequestPart, _ context: CallContext?) {
        switch rejection {
        case .cartNotFound:
            self.init(.cartNotFound, "no cart has this id", field: part.cart)
        case .cartDeleted:
            self.init(
                .cartDeleted,
                "the cart was deleted; creating it again brings the id back",
                field: part.cart
            )
        case .lineNotFound(let line):
            self.init(
                .lineNotFound,
                "the cart has no line \(line.text)",
                field: part.isAction ? .named(.actionLine) : nil
            )
        case .cartCheckedOut(let order):
            self.init(.cartCheckedOut, "the cart is order \(order.text)", field: part.cart)
            values[.order] = .text(order.text)
        case .cartEmpty:
            self.init(.cartEmpty, "an order needs at least one line")
        case .cartMerged(let target, let merge):
            self.init(
                .cartMerged,
                "the lines are in cart \(target.text), or on the way there",
                field: part.cart
            )
            values[.into] = .text(target.text)
            values[.mergeID] = .text(merge)
        case .mergeDeclined, .mergeTaken, .mergeNotUnderWay:
            self.init(.mergeConflict, "another request settled the merge; send this request again")
        case .mergeForgotten:
            self.init(.mergeForgotten, "too many merges ago: the cart no longer knows whether it was made")
        case .action(let index, let rejection):
            self = Refusal(rejection, in: part.action(at: index), context).of(action: index)
        case .versionMismatch(let expected, let actual):
            self = .precondition(
                context?.requiredState ?? .versions([expected]),
                in: context?.preconditionField ?? .named(.precondition),
                actual: actual
            )
        case .currencyMismatch(let cart, let given):
            self.init(
                .currencyMismatch,
                "the cart counts in \(cart.code), not in \(given.code)",
                field: .named(part.currency)
            )
            values[.cart] = .text(cart.code)
            values[.given] = .text(given.code)
        case .operationReused:
            self.init(
                .idempotencyKeyReused,
                "another request with this key was applied to the cart",
                field: .named(.idempotencyKey)
            )
        case .operationRetired:
            self.init(
                .idempotencyKeyRetired,
                "a request with this key was applied to the cart; its result is no longer known",
                field: .named(.idempotencyKey)
            )
        case .invalid(let field, let flaw):
            let name = part.name(of: field)
            switch field {
            case .cartID, .lineID: self.init(.invalidID, Self.detail(flaw), field: name)
            case .version where flaw == .empty:
                self.init(.missingField, "the version to order must be given", field: name)
            case _: self.init(.invalidField, Self.detail(flaw), field: name)
            }
        case .limit(let limit, let maximum, let actual):
            self.init(
                .limitReached,
                "\(Self.name(limit)) would be \(actual); the maximum is \(maximum)",
                field: part.name(of: limit)
            )
            values[.maximum] = .number(maximum)
            values[.actual] = .number(actual)
        }
    }

    /// A merge is refused. What is wrong with the cart whose lines are to be taken has the field
    /// `mergeSource`.
    ///
    /// - Parameter context: the call's; nil where the client requires no version of the target.
    init(_ failure: MergeFailure, under context: CallContext? = nil) {
        switch failure {
        case .source(let rejection):
            self.init(rejection, in: .mergeSource, context)
        case .target(let rejection, let node):
            self.init(rejection, in: .mergeTarget, context)
            self.node = node
        case .host(let failure):
            self.init(failure)
        case .contradiction(let detail):
            self = .contradiction(detail)
        }
    }

    /// The world fails: the command was not decided, or its outcome is not known.
    package init(_ failure: HostFailure) {
        let kind: RefusalKind =
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
        self.init(kind, failure.detail)
        values[.cart] = .text(failure.id.rawValue)
        retryAdvice = RetryAdvice(
            outcome: failure.outcome,
            retryAfterSeconds: Self.wholeSeconds(failure.retryAfter)
        )
    }

    /// The store fails to answer a question, which changes nothing.
    package init(_ failure: StoreFailure, about cart: CartID) {
        let id = ActorID(cart.text)
        switch failure {
        case .unanswered(let why), .unsent(let why), .refused(let why):
            self.init(HostFailure(.storeUnavailable, .notApplied, id: id, detail: why))
        case .unreadable(let why):
            self.init(HostFailure(.unreadable, .notApplied, id: id, detail: why))
        }
    }

    /// A cart cannot be watched.
    package init(_ failure: WatchFailure) {
        switch failure {
        case .rejected(let rejection): self.init(rejection)
        case .host(let failure): self.init(failure)
        }
    }

    /// The cart is not in the state that the client requires.
    ///
    /// - Parameter actual: the cart's version; 0 where it does not exist.
    static func precondition(_ context: CallContext, actual: UInt64) -> Refusal {
        precondition(context.precondition, in: context.preconditionField, actual: actual)
    }

    private static func precondition(
        _ precondition: Precondition,
        in field: Field,
        actual: UInt64
    ) -> Refusal {
        let state = actual == 0 ? "it does not exist" : "it is at version \(actual)"
        let demand =
            switch precondition {
            case .any, .exists: "to exist"
            case .versions([]): "at a version that no cart has"
            case .versions(let versions):
                "at version " + versions.map(String.init).joined(separator: " or ")
            }
        var refusal = Refusal(
            .versionMismatch,
            "the request requires the cart \(demand); \(state)",
            field: field
        )
        refusal.values = [.expected: .precondition(precondition), .actual: .version(actual)]
        if actual > 0 { refusal.version = actual }
        return refusal
    }

    /// The node contradicts itself; the command's outcome is not known.
    package static func contradiction(_ detail: String) -> Refusal {
        var refusal = Refusal(.internalError, detail)
        refusal.retryAdvice = RetryAdvice(outcome: .unknown, retryAfterSeconds: 1)
        return refusal
    }

    /// Rounded up, at least 1 and at most an hour.
    private static func wholeSeconds(_ duration: Duration) -> Int64 {
        max(1, min(duration.secondsRoundedUp, 3_600))
    }

    private static func detail(_ flaw: CartRejection.FieldError) -> String {
        switch flaw {
        case .empty: "it must not be empty"
        case .tooLong(let maximum, let actual): "the maximum is \(maximum), found \(actual)"
        case .forbiddenCharacter(let offset): "the character at byte \(offset) is not allowed"
        case .outOfRange(let minimum, let maximum, let actual):
            "expected \(minimum) to \(maximum), found \(actual)"
        case .malformed: "the form is wrong"
        case .unknown: "the form is right, but the value is not known"
        }
    }

    private static func name(_ limit: CartRejection.Limit) -> String {
        switch limit {
        case .lines: "the number of lines in the cart"
        case .quantity: "the quantity of the line"
        case .metadataBytes: "the size of all attributes of the cart in bytes"
        case .lineIDs: "the number of lines ever added to the cart"
        case .subtotal: "the subtotal of the cart in minor units"
        case .attributes: "the number of attributes of the cart"
        }
    }
}

extension CallContext {
    /// The state of the cart that the client requires; nil where it requires none.
    fileprivate var requiredState: Precondition? { precondition == .any ? nil : precondition }
}
