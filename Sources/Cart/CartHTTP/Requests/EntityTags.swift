import CartApplication

/// The entity tags of `If-Match` or `If-None-Match` (RFC 9110, 8.8.3 and 13.1).
enum EntityTags: Equatable, Sendable {
    /// `*`
    case any
    case list([Tag])

    /// One entity tag.
    struct Tag: Equatable, Sendable {
        let isWeak: Bool
        /// The version that it is; nil for a tag that no cart has.
        let version: UInt64?
    }

    /// - Parameters:
    ///   - value: the field's value, several joined by commas.
    ///   - field: the field's name.
    init(_ value: String, of field: String) throws(RequestError) {
        var rest = Substring(value).utf8
        Self.skipSpace(&rest)
        if rest.first == UInt8(ascii: "*") {
            rest.removeFirst()
            Self.skipSpace(&rest)
            guard rest.isEmpty else { throw Self.malformed(field) }
            self = .any
            return
        }
        var tags: [Tag] = []
        while !rest.isEmpty {
            // Empty elements of a list are overlooked (RFC 9110, 5.6.1.2).
            if rest.first != UInt8(ascii: ",") {
                guard let tag = Self.tag(&rest) else { throw Self.malformed(field) }
                tags.append(tag)
                Self.skipSpace(&rest)
            }
            guard rest.isEmpty || rest.removeFirst() == UInt8(ascii: ",") else { throw Self.malformed(field) }
            Self.skipSpace(&rest)
        }
        guard !tags.isEmpty else { throw Self.malformed(field) }
        self = .list(tags)
    }

    /// The end of a message about a version that `If-Match` does not admit: says so if it has a weak tag,
    /// which the client may have got without asking for one. Empty otherwise.
    ///
    /// - Parameter field: the field's value; nil if it is absent.
    static func remark(onIfMatch field: String?) -> String {
        guard let field, field.contains("W/\"") else { return "" }
        return
            "; a weak tag (W/) never matches here: something between the client and the node made it weak, "
            + "as compression does"
    }

    /// The entity tag that a version is. On the hot path.
    static func tag(of version: UInt64) -> String {
        let quote = UInt8(ascii: "\"")
        return String(unsafeUninitializedCapacity: 22) { bytes in
            var length = 1
            var rest = version
            while rest >= 10 {
                rest /= 10
                length += 1
            }
            bytes.initializeElement(at: 0, to: quote)
            rest = version
            for place in (1...length).reversed() {
                bytes.initializeElement(
                    at: place,
                    to: UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0")
                )
                rest /= 10
            }
            bytes.initializeElement(at: length + 1, to: quote)
            return length + 2
        }
    }

    private static func malformed(_ field: String) -> RequestError {
        .malformedHeader(field, expected: "* or a list of entity tags in quotes")
    }

    private static func skipSpace(_ rest: inout Substring.UTF8View) {
        while let byte = rest.first, byte == 0x20 || byte == 0x09 { rest.removeFirst() }
    }

    /// Takes one entity tag; nil where the text is none.
    private static func tag(_ rest: inout Substring.UTF8View) -> Tag? {
        var isWeak = false
        if rest.first == UInt8(ascii: "W") {
            isWeak = true
            rest.removeFirst()
            guard rest.popFirst() == UInt8(ascii: "/") else { return nil }
        }
        guard rest.popFirst() == UInt8(ascii: "\""), let end = rest.firstIndex(of: UInt8(ascii: "\"")) else {
            return nil
        }
        let text = rest[..<end]
        guard text.allSatisfy({ $0 >= 0x21 && $0 != 0x7F }) else { return nil }
        rest = rest[rest.index(after: end)...]
        // The one spelling that `ETag` has; version 0 is no cart's.
        guard let version = UInt64(Substring(text)), version > 0, String(version).utf8.elementsEqual(text)
        else {
            return Tag(isWeak: isWeak, version: nil)
        }
        return Tag(isWeak: isWeak, version: version)
    }
}
