/// One answer of "no" to a client (RFC 9457).
struct Problem: Error, Equatable, Sendable {
    /// A value of a member that only some kinds have.
    enum Value: Equatable, Sendable {
        case text(String)
        case number(Int64)
    }

    /// What became of a command that failed, and when to try again.
    struct RetryAdvice: Equatable, Sendable {
        /// `not-applied` or `unknown`.
        let outcome: String
        /// At least 1.
        let retryAfterSeconds: Int64
    }

    let kind: ProblemKind
    /// What happened this time, in one line.
    let detail: String
    /// What is wrong: a JSON pointer into the body, the name of a path parameter, or of a header field.
    var field: String?
    /// Further members.
    var members: [String: Value] = [:]
    /// Set for every 5xx.
    var retryAdvice: RetryAdvice?
    /// What `Allow` says.
    var allow: String?
    /// The version of the cart, where it was asked.
    var version: UInt64?
    /// The node that said no, if it is not the one that answers.
    var node: String?

    init(_ kind: ProblemKind, _ detail: String, field: String? = nil) {
        self.kind = kind
        self.detail = detail
        self.field = field
    }

    /// The node contradicts itself; what became of the command is anybody's guess.
    static func contradiction(_ detail: String) -> Problem {
        var problem = Problem(.internalError, detail)
        problem.retryAdvice = RetryAdvice(outcome: "unknown", retryAfterSeconds: 1)
        return problem
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
            string(retryAdvice.outcome)
        }
        for (name, value) in problem.members.sorted(by: { $0.key < $1.key }) {
            raw(",")
            string(name)
            raw(":")
            switch value {
            case .text(let text): string(text)
            case .number(let number): integer(number)
            }
        }
        raw("}")
    }
}
