/// A JSON text: members in the order in which the client wrote them, and numbers told apart by what they can
/// be used for.
enum JSONValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// An integer in the range of `Int64`, also where it is written as `2.0` or `2e0`.
    case integer(Int64)
    /// An integer out of the range of `Int64`.
    case hugeInteger
    /// A number that is no integer.
    case fraction
    case string(String)
    case array([JSONValue])
    /// No name occurs twice.
    case object([Member])

    /// One name and its value.
    struct Member: Equatable, Sendable {
        let name: String
        let value: JSONValue
    }

    /// The value's type, in words for the person who sent it.
    var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .integer, .hugeInteger: "an integer"
        case .fraction: "a number with a fraction"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// A place in a JSON text (RFC 6901); empty is the whole text.
struct JSONPointer: Hashable, Sendable {
    private(set) var text = ""

    /// The member of this name in what is here.
    subscript(name: String) -> JSONPointer {
        var inner = self
        inner.text += "/" + JSONPointer.escape(name)
        return inner
    }

    /// The same place, seen from outside of a member of this name.
    func within(_ name: String) -> JSONPointer {
        var outer = self
        outer.text = "/" + JSONPointer.escape(name) + text
        return outer
    }

    static func escape(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
            return name
        }
        var escaped = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": escaped += "~0"
            case "/": escaped += "~1"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// The flaw of a text that is not JSON, or exceeds a limit.
struct JSONError: Error, Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        /// Not JSON (RFC 8259); the byte where that shows.
        case syntax(offset: Int)
        /// A name that occurs twice in one object, so that its value is ambiguous.
        case duplicate
        /// Nested deeper than `JSONLimits.depth`.
        case tooDeep
        /// An object with more members than `JSONLimits.members`.
        case tooManyMembers
    }

    let kind: Kind
    /// The member that it is about, or the innermost one that it is in.
    let pointer: JSONPointer
}

/// Limits on the structure of a JSON text; its length has the body's limit.
struct JSONLimits: Sendable {
    /// Objects and arrays in each other.
    var depth = 8
    /// Members of one object. Finding duplicates costs its square.
    var members = 128
}
