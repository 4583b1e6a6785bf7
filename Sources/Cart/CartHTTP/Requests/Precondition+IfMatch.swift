import CartApplication

// `If-Match` (RFC 9110, 13.1.1).
extension Precondition {
    /// Tags that are no version of ours, and weak ones, which never match, are left out, so that there may be
    /// none.
    ///
    /// - Parameter field: the field's value, several joined by commas; nil if it is absent.
    init(ifMatch field: String?) throws(RequestError) {
        guard let field else {
            self = .any
            return
        }
        var rest = Substring(field).utf8
        Self.skipSpace(&rest)
        if rest.first == UInt8(ascii: "*") {
            rest.removeFirst()
            Self.skipSpace(&rest)
            guard rest.isEmpty else { throw Self.malformed }
            self = .exists
            return
        }
        var versions: [UInt64] = []
        var tags = 0
        while !rest.isEmpty {
            // Empty elements of a list are overlooked (RFC 9110, 5.6.1.2).
            if rest.first != UInt8(ascii: ",") {
                if let version = try Self.tag(&rest) { versions.append(version) }
                tags += 1
                Self.skipSpace(&rest)
            }
            guard rest.isEmpty || rest.removeFirst() == UInt8(ascii: ",") else { throw Self.malformed }
            Self.skipSpace(&rest)
        }
        guard tags > 0 else { throw Self.malformed }
        self = .versions(versions)
    }

    /// The precondition as `If-Match` spells it.
    var ifMatch: String {
        switch self {
        case .any: ""
        case .exists: "*"
        case .versions(let versions): versions.map { "\"\($0)\"" }.joined(separator: ", ")
        }
    }

    private static var malformed: RequestError {
        .malformedHeader("If-Match", expected: "* or a list of entity tags in quotes")
    }

    private static func skipSpace(_ rest: inout Substring.UTF8View) {
        while let byte = rest.first, byte == 0x20 || byte == 0x09 { rest.removeFirst() }
    }

    /// Takes one entity tag; the version that it is, if it is one.
    private static func tag(_ rest: inout Substring.UTF8View) throws(RequestError) -> UInt64? {
        var weak = false
        if rest.first == UInt8(ascii: "W") {
            weak = true
            rest.removeFirst()
            guard rest.popFirst() == UInt8(ascii: "/") else { throw Self.malformed }
        }
        guard rest.popFirst() == UInt8(ascii: "\""), let end = rest.firstIndex(of: UInt8(ascii: "\"")) else {
            throw Self.malformed
        }
        let tag = rest[..<end]
        guard tag.allSatisfy({ $0 >= 0x21 && $0 != 0x7F }) else { throw Self.malformed }
        rest = rest[rest.index(after: end)...]
        // The one spelling that `ETag` has; version 0 is no cart's.
        guard !weak, let version = UInt64(Substring(tag)), version > 0,
            String(version).utf8.elementsEqual(tag)
        else {
            return nil
        }
        return version
    }
}
