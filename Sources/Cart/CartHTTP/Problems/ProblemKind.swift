import CartApplication

/// The kind of a problem: one that every face can have, one that only HTTP has, or one of the operations port.
enum ProblemKind: Hashable, Sendable {
    case application(RefusalKind)
    case http(HTTPRefusal.Kind)
    case operations(OperationsRefusal.Kind)

    /// The `type` of the problem (RFC 9457).
    var type: String { "urn:cart-node:problem:" + name }

    /// The last part of the type.
    var name: String {
        switch self {
        case .application(let kind): kind.rawValue
        case .http(let kind): kind.rawValue
        case .operations(let kind): kind.rawValue
        }
    }

    /// The response's status.
    var status: Int {
        switch self {
        case .application(let kind): kind.status
        case .http(let kind): kind.status
        case .operations(let kind): kind.status
        }
    }

    /// The `title` of the problem: a few words, the same each time.
    var title: String {
        switch self {
        case .application(let kind): kind.title
        case .http(let kind): kind.title
        case .operations(let kind): kind.title
        }
    }
}

extension Problem {
    /// Counts the refusal; those that only HTTP has are counted by their status alone.
    func count(in rules: CartRules) {
        switch kind {
        case .application(let kind): rules.dependencies.outcomes.refused(kind)
        case .http, .operations: break
        }
    }
}
