/// What `If-Match` demands (RFC 9110, 13.1.1).
enum IfMatch: Equatable, Sendable {
    /// Nothing: the field is absent.
    case absent
    /// `*`: that there is a cart.
    case present
    /// That the cart is at one of these versions; the field as it was sent. Tags that are no version of ours, and weak
    /// ones, which never match, are left out, so that there may be none.
    case versions([UInt64], field: String)

    /// - Parameter field: the field's value, several joined by commas; nil if it is absent.
    init(_ field: String?) throws(RequestError) {
        guard let field else {
            self = .absent
            return
        }
        var rest = Substring(field).utf8
        IfMatch.skipSpace(&rest)
        if rest.first == UInt8(ascii: "*") {
            rest.removeFirst()
            IfMatch.skipSpace(&rest)
            guard rest.isEmpty else { throw .malformedIfMatch }
            self = .present
            return
        }
        var versions: [UInt64] = []
        var tags = 0
        while !rest.isEmpty {
            // Empty elements of a list are overlooked (RFC 9110, 5.6.1.2).
            if rest.first != UInt8(ascii: ",") {
                if let version = try IfMatch.tag(&rest) { versions.append(version) }
                tags += 1
                IfMatch.skipSpace(&rest)
            }
            guard rest.isEmpty || rest.removeFirst() == UInt8(ascii: ",") else { throw .malformedIfMatch }
            IfMatch.skipSpace(&rest)
        }
        guard tags > 0 else { throw .malformedIfMatch }
        self = .versions(versions, field: field)
    }

    /// Whether a cart that is there and at this version is what is demanded.
    func admits(_ version: UInt64) -> Bool {
        switch self {
        case .absent, .present: true
        case .versions(let versions, _): versions.contains(version)
        }
    }

    /// The one version that the domain is to compare with, as it knows no lists; nil for any.
    ///
    /// - Parameter actual: asks for the cart's version, which a list is looked up by.
    func version<Failure>(
        _ actual: () async throws(Failure) -> UInt64
    ) async throws(Failure) -> UInt64? {
        switch self {
        case .absent, .present:
            return nil
        case .versions(let versions, _):
            // No cart lives to the greatest version: the domain says so, once it has no other objection.
            guard let first = versions.first else { return .max }
            guard versions.count > 1 else { return first }
            let version = try await actual()
            return versions.contains(version) ? version : first
        }
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
            guard rest.popFirst() == UInt8(ascii: "/") else { throw .malformedIfMatch }
        }
        guard rest.popFirst() == UInt8(ascii: "\""), let end = rest.firstIndex(of: UInt8(ascii: "\"")) else {
            throw .malformedIfMatch
        }
        let tag = rest[..<end]
        guard tag.allSatisfy({ $0 >= 0x21 && $0 != 0x7F }) else { throw .malformedIfMatch }
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
