import ActorRuntime
import CartApplication
import HTTPTypes

/// A refusal as HTTP says it (RFC 9457).
struct Problem: Error, Equatable, Sendable {
    /// A fact about the refusal, by its name.
    struct Member: Equatable, Sendable {
        let name: String
        let value: Value

        /// The form in which JSON has it.
        enum Value: Equatable, Sendable {
            case text(String)
            case number(Int64)
        }
    }

    let kind: ProblemKind
    /// The circumstances, in one line.
    let detail: String
    /// The wrong part: a JSON pointer into the body, the name of a path parameter, or that of a header field.
    private(set) var field: String?
    /// The facts, in alphabetical order of their names.
    private(set) var members: [Member] = []
    /// The command's outcome and when to retry, where the world failed; nil otherwise.
    private(set) var retryAdvice: Refusal.RetryAdvice?
    /// The version of the cart, where it was asked.
    private(set) var version: UInt64?
    /// The node that refused, where that is not the one that the client asked.
    private(set) var node: String?
    /// The header fields by which the answer says what the client may send instead.
    private(set) var fields: HTTPFields = [:]

    /// - Parameters:
    ///   - names: the names of the API that the request came through.
    ///   - request: the request's header fields.
    init(
        _ refusal: Refusal,
        names: Refusal.FieldNames = .rest,
        request: RequestFields = RequestFields()
    ) {
        kind = .application(refusal.kind)
        var detail = refusal.detail
        field = names[refusal.field]
        (retryAdvice, version, node) = (refusal.retryAdvice, refusal.version, refusal.node)
        var demand: String?
        if case .precondition(.versions) = refusal.values[.expected],
            refusal.field == .named(.precondition)
        {
            demand = request.ifMatch
            detail += EntityTags.remark(onIfMatch: demand)
        }
        self.detail = detail
        if refusal.kind == .unauthenticated {
            fields = [.wwwAuthenticate: Self.challenge(hadToken: request.authorization != nil)]
        }
        members = refusal.values.map { Member(name: $0.rawValue, value: Self.spelled($1, demand: demand)) }
        if let action = refusal.action {
            field = "/actions/\(action)" + (field ?? "")
            members.append(Member(name: "action", value: .number(Int64(action))))
        }
        members.sort { $0.name < $1.name }
    }

    /// A malformed request.
    init(_ flaw: RequestError) {
        self.init(Refusal(flaw))
    }

    /// A request that HTTP refuses.
    init(_ refusal: HTTPRefusal) {
        kind = .http(refusal.kind)
        detail = refusal.detail
        field = refusal.field
        fields = refusal.fields
    }

    /// A request that the operations port refuses.
    init(_ refusal: OperationsRefusal) {
        kind = .operations(refusal.kind)
        detail = refusal.detail
        fields = refusal.fields
    }

    /// The problem of a request that cannot be read, or that the application refuses; nil for another error.
    ///
    /// - Parameter request: the request's header fields.
    init?(thrown error: any Error, request: RequestFields) {
        switch error {
        case let refusal as Refusal: self.init(refusal, request: request)
        case let flaw as RequestError: self.init(flaw)
        case let refusal as HTTPRefusal: self.init(refusal)
        default: return nil
        }
    }

    /// RFC 6750, 3: a token that was sent is called invalid, and nothing is said of one that was not.
    private static func challenge(hadToken: Bool) -> String {
        #"Bearer realm="cart-node""# + (hadToken ? #", error="invalid_token""# : "")
    }

    /// Versions are spelled as entity tags, and a list of them as the client sent it.
    private static func spelled(_ value: Refusal.Value, demand: String?) -> Member.Value {
        switch value {
        case .text(let text): .text(text)
        case .number(let number): .number(number)
        case .version(0): .text("none")
        case .version(let version): .text("\"\(version)\"")
        case .precondition(let precondition): .text(demand ?? precondition.ifMatch)
        }
    }
}

extension JSONWriter {
    /// The problem as `application/problem+json`.
    mutating func problem(_ problem: Problem) {
        raw("{\"type\":")
        string(problem.kind.type)
        raw(",\"title\":")
        string(problem.kind.title)
        raw(",\"status\":")
        integer(problem.kind.status)
        raw(",\"detail\":")
        string(problem.detail)
        if let field = problem.field {
            raw(",\"field\":")
            string(field)
        }
        if let retryAdvice = problem.retryAdvice {
            raw(",\"outcome\":")
            string(retryAdvice.outcome.rawValue)
        }
        for member in problem.members {
            raw(",")
            string(member.name)
            raw(":")
            switch member.value {
            case .text(let text): string(text)
            case .number(let number): integer(number)
            }
        }
        raw("}")
    }
}
