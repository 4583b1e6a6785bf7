package import ActorRuntime
package import Cart

/// One answer of "no" for faces that are not our HTTP: the same kind and words as there, without what only HTTP has.
package struct Refusal: Error, Equatable, Sendable {
    /// What sort of no; its `code` is gRPC's.
    package let kind: ProblemKind
    /// What happened this time, in one line.
    package let detail: String
    /// What the client gave that is wrong; nil where it is none of the domain's fields.
    package let field: CartRejection.Field?
    /// Which action of a batch is refused, from 0; nil where it is none or all.
    package private(set) var action: Int?
    /// What became of the command where the world said no; nil where the domain did.
    package let retryAdvice: RetryAdvice?

    /// What became of a command that failed, and when to try again.
    package struct RetryAdvice: Equatable, Sendable {
        /// It was not and will not be applied, or nobody knows.
        package let outcome: HostFailure.Outcome
        /// Whole seconds, at least 1.
        package let retryAfter: Duration
    }

    /// A no of a face's own.
    package init(_ kind: ProblemKind, _ detail: String, field: CartRejection.Field? = nil) {
        self.init(kind, detail, field: field, retryAdvice: nil)
    }

    private init(
        _ kind: ProblemKind,
        _ detail: String,
        field: CartRejection.Field?,
        retryAdvice: RetryAdvice?
    ) {
        self.kind = kind
        self.detail = detail
        self.field = field
        self.retryAdvice = retryAdvice
    }

    /// The domain says no.
    package init(_ rejection: CartRejection) {
        let problem = Problem(rejection, in: .path)
        self.init(
            problem.kind,
            Self.words(rejection) ?? problem.detail,
            field: Self.field(rejection),
            retryAdvice: nil
        )
        if case .action(let place, _) = rejection { action = place }
    }

    /// The world says no.
    package init(_ failure: HostFailure) {
        let problem = Problem(failure)
        let seconds = problem.retryAdvice?.retryAfterSeconds ?? 1
        self.init(
            problem.kind,
            problem.detail,
            field: nil,
            retryAdvice: RetryAdvice(outcome: failure.outcome, retryAfter: .seconds(seconds))
        )
    }

    /// The node contradicts itself.
    package static func contradiction(_ detail: String) -> Refusal {
        Refusal(
            .internalError,
            detail,
            field: nil,
            retryAdvice: RetryAdvice(outcome: .unknown, retryAfter: .seconds(1))
        )
    }

    /// The same of another field.
    func about(_ field: CartRejection.Field) -> Refusal {
        Refusal(kind, detail, field: field, retryAdvice: retryAdvice)
    }

    /// The same of one action of a batch, by its place from 0.
    package func of(action place: Int) -> Refusal {
        var refusal = self
        refusal.action = place
        return refusal
    }

    /// Where the problem's own words speak of HTTP.
    private static func words(_ rejection: CartRejection) -> String? {
        if case .action(_, let inner) = rejection { return words(inner) }
        if case .invalid(.version, .empty) = rejection { return "the version to order must be given" }
        if case .cartDeleted = rejection { return "the cart was deleted; only its creation brings it back" }
        if case .versionMismatch(let expected, let actual) = rejection {
            return "version \(expected) was expected, the cart is at \(actual)"
        }
        return nil
    }

    private static func field(_ rejection: CartRejection) -> CartRejection.Field? {
        if case .action(_, let inner) = rejection { return field(inner) }
        if case .invalid(let field, _) = rejection { return field }
        if case .currencyMismatch = rejection { return .currency }
        if case .limit(.quantity, _, _) = rejection { return .quantity }
        if case .limit(.metadataBytes, _, _) = rejection { return .attributes }
        return nil
    }
}
