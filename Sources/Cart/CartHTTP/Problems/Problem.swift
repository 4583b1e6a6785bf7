import ActorRuntime
import Cart
import CartApplication

/// A refusal as HTTP says it (RFC 9457).
struct Problem: Error, Equatable, Sendable {
    let refusal: Refusal
    /// The wrong part: a JSON pointer into the body, the name of a path parameter, or that of a header field.
    private(set) var field: String?
    /// The `Allow` field.
    private(set) var allow: String?
    /// The client's `If-Match` as it was sent, where it lists versions and is refused; nil otherwise.
    private let demand: String?

    var kind: RefusalKind { refusal.kind }

    /// - Parameters:
    ///   - names: the names of the API that the request came through.
    ///   - ifMatch: the request's `If-Match` as it was sent.
    init(_ refusal: Refusal, names: Refusal.FieldNames = .rest, ifMatch: String? = nil) {
        self.refusal = refusal
        if case .precondition(.versions) = refusal.values[.expected],
            refusal.field == .named(.precondition)
        {
            demand = ifMatch
        } else {
            demand = nil
        }
        field = names[refusal.field]
        if let action = refusal.action { field = "/actions/\(action)" + (field ?? "") }
    }

    /// A malformed request.
    init(_ flaw: RequestError) {
        self.init(Refusal(flaw))
        if case .methodNotAllowed(let methods) = flaw { allow = methods }
    }

    /// The facts, by name and in alphabetical order.
    var members: [(name: String, value: Refusal.Value)] {
        var members = refusal.values.map { name, value in (name: name.rawValue, value: spelled(value)) }
        if let action = refusal.action { members.append(("action", .number(Int64(action)))) }
        return members.sorted { $0.name < $1.name }
    }

    /// Versions are spelled as entity tags.
    private func spelled(_ value: Refusal.Value) -> Refusal.Value {
        switch value {
        case .text, .number: value
        case .version(0): .text("none")
        case .version(let version): .text("\"\(version)\"")
        case .precondition(let precondition): .text(demand ?? precondition.ifMatch)
        }
    }

    static func == (a: Problem, b: Problem) -> Bool {
        a.refusal == b.refusal && a.field == b.field && a.allow == b.allow && a.demand == b.demand
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
        string(problem.refusal.detail)
        if let field = problem.field {
            raw(",\"field\":")
            string(field)
        }
        if let retryAdvice = problem.refusal.retryAdvice {
            raw(",\"outcome\":")
            string(retryAdvice.outcome.rawValue)
        }
        for (name, value) in problem.members {
            raw(",")
            string(name)
            raw(":")
            switch value {
            case .text(let text): string(text)
            case .number(let number): integer(number)
            case .version, .precondition: raw("null")
            }
        }
        raw("}")
    }
}
