/// A request that HTTP itself refuses: the application is not asked.
enum HTTPRefusal: Error, Equatable, Sendable {
    /// No resource has this path.
    case unknownPath
    /// The resource has other methods.
    case methodNotAllowed(allowed: String)
    /// The body is not declared as JSON; the declared type, or nil.
    case unsupportedMediaType(String?)
    /// The body that the method needs is empty.
    case missingBody
    /// The body is not JSON: why, and the innermost place that it is about.
    case malformedJSON(String, at: String)

    /// The kind of such a refusal. Clients may rely on the raw value: a kind's name and meaning never change.
    enum Kind: String, Sendable, CaseIterable {
        case unknownPath = "unknown-path"
        case methodNotAllowed = "method-not-allowed"
        case unsupportedMediaType = "unsupported-media-type"
        case malformedJSON = "malformed-json"

        /// The response's status.
        var status: Int {
            switch self {
            case .malformedJSON: 400
            case .unknownPath: 404
            case .methodNotAllowed: 405
            case .unsupportedMediaType: 415
            }
        }

        /// The `title` of its problem: a few words, the same each time.
        var title: String {
            switch self {
            case .unknownPath: "The resource does not exist"
            case .methodNotAllowed: "The method is not allowed here"
            case .unsupportedMediaType: "The body is not declared as JSON"
            case .malformedJSON: "The body is not valid JSON"
            }
        }
    }

    /// The kind.
    var kind: Kind {
        switch self {
        case .unknownPath: .unknownPath
        case .methodNotAllowed: .methodNotAllowed
        case .unsupportedMediaType: .unsupportedMediaType
        case .missingBody, .malformedJSON: .malformedJSON
        }
    }

    /// The circumstances of this refusal, in one line.
    var detail: String {
        switch self {
        case .unknownPath: return "no resource has this path"
        case .methodNotAllowed(let allowed): return "allowed here: \(allowed)"
        case .unsupportedMediaType(let type):
            let found = type.map { "declared as \($0)" } ?? "not declared"
            return "the body is \(found); it must be declared as application/json"
        case .missingBody: return "the body is empty; it must be a JSON object"
        case .malformedJSON(let reason, _): return reason
        }
    }

    /// The refused part: a JSON pointer into the body, or the name of a header field; nil for the whole
    /// request.
    var field: String? {
        switch self {
        case .unknownPath, .methodNotAllowed: nil
        case .unsupportedMediaType: "Content-Type"
        case .missingBody: ""
        case .malformedJSON(_, let place): place
        }
    }
}
