import NIOHTTP1

/// The method of a request, as requests are counted by it.
package enum HTTPVerb: Int, CaseIterable, Sendable {
    case get, head, post, put, patch, delete, options
    /// Any other.
    case other

    /// The label's value.
    package var name: String { self == .other ? "other" : "\(self)".uppercased() }

    init(_ method: HTTPMethod) {
        switch method {
        case .GET: self = .get
        case .HEAD: self = .head
        case .POST: self = .post
        case .PUT: self = .put
        case .PATCH: self = .patch
        case .DELETE: self = .delete
        case .OPTIONS: self = .options
        default: self = .other
        }
    }

    init(_ method: RequestRecognizer.Method) {
        switch method {
        case .get: self = .get
        case .head: self = .head
        case .post: self = .post
        case .put: self = .put
        case .patch: self = .patch
        case .delete: self = .delete
        case .options: self = .options
        }
    }
}
