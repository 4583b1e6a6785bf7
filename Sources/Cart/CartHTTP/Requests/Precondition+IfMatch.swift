import CartApplication

extension Precondition {
    /// `If-Match` (RFC 9110, 13.1.1). Tags that are no version of ours, and weak ones, which never match, are
    /// left out, so that there may be none.
    ///
    /// - Parameter field: the field's value, several joined by commas; nil if it is absent.
    init(ifMatch field: String?) throws(RequestError) {
        guard let field else {
            self = .any
            return
        }
        self =
            switch try EntityTags(field, of: "If-Match") {
            case .any: .exists
            case .list(let tags): .versions(tags.compactMap { $0.isWeak ? nil : $0.version })
            }
    }

    /// The precondition as `If-Match` spells it.
    var ifMatch: String {
        switch self {
        case .any: ""
        case .exists: "*"
        case .versions(let versions): versions.map { "\"\($0)\"" }.joined(separator: ", ")
        }
    }
}

extension Exclusion {
    /// `If-None-Match` (RFC 9110, 13.1.2). Weak tags match as well.
    ///
    /// - Parameter field: the field's value, several joined by commas; nil if it is absent.
    init(ifNoneMatch field: String?) throws(RequestError) {
        guard let field else {
            self = .none
            return
        }
        self =
            switch try EntityTags(field, of: "If-None-Match") {
            case .any: .existence
            case .list(let tags): .versions(tags.compactMap(\.version))
            }
    }
}
