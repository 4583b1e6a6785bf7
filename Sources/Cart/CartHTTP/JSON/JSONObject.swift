import Cart
import CartApplication

/// An object of which every member is known by name: what is missing, unknown or of another type is refused
/// by its place.
struct JSONObject: Sendable {
    private let members: [JSONValue.Member]
    private let pointer: JSONPointer

    /// - Parameter names: all that may occur.
    init(_ value: JSONValue, at pointer: JSONPointer = JSONPointer(), of names: [String]) throws(RequestError)
    {
        guard case .object(let members) = value else {
            throw .wrongType(pointer.text, expected: "an object", actual: value.kind)
        }
        for member in members where !names.contains(member.name) {
            throw .unknownField(pointer[member.name].text, known: names)
        }
        self.members = members
        self.pointer = pointer
    }

    /// The member, unless it is absent or null.
    func optional(_ name: String) -> JSONValue? {
        guard let member = members.first(where: { $0.name == name }), member.value != .null else {
            return nil
        }
        return member.value
    }

    /// The place of a member, present or not.
    func place(of name: String) -> JSONPointer { pointer[name] }

    /// The text of a member that may be absent or null.
    func optionalString(_ name: String) throws(RequestError) -> String? {
        guard let value = optional(name) else { return nil }
        guard case .string(let text) = value else { throw wrongType(name, expected: "a string", value) }
        return text
    }

    /// The text of a member that must be there.
    func string(_ name: String) throws(RequestError) -> String {
        let value = try required(name)
        guard case .string(let text) = value else { throw wrongType(name, expected: "a string", value) }
        return text
    }

    /// The number of a member that must be there.
    func integer(_ name: String) throws(RequestError) -> Int64 {
        try number(name, required(name))
    }

    /// The number of a member that may be absent or null.
    func optionalInteger(_ name: String) throws(RequestError) -> Int64? {
        guard let value = optional(name) else { return nil }
        return try number(name, value)
    }

    /// The value of a member that must be there.
    func required(_ name: String) throws(RequestError) -> JSONValue {
        guard let member = members.first(where: { $0.name == name }) else {
            throw .missingField(pointer[name].text)
        }
        return member.value
    }

    /// The patch that a member is: absent, the value stays; null, it goes (RFC 7396).
    func patch<Value>(
        _ name: String,
        _ read: (JSONValue) throws(RequestError) -> Value
    ) throws(RequestError) -> DetailsChange.Patch<Value> {
        guard let member = members.first(where: { $0.name == name }) else { return .keep }
        if case .null = member.value { return .unset }
        return .set(try read(member.value))
    }

    /// The text that a value of this member is.
    func text(_ name: String, _ value: JSONValue) throws(RequestError) -> String {
        guard case .string(let text) = value else { throw wrongType(name, expected: "a string", value) }
        return text
    }

    /// The number that a value of this member is.
    func number(_ name: String, _ value: JSONValue) throws(RequestError) -> Int64 {
        switch value {
        case .integer(let number): return number
        case .hugeInteger: throw .hugeInteger(pointer[name].text)
        case .null, .boolean, .fraction, .string, .array, .object:
            throw wrongType(name, expected: "an integer", value)
        }
    }

    /// The elements of a member that must be there, each with its place.
    func elements(_ name: String) throws(RequestError) -> [(JSONValue, JSONPointer)] {
        try elements(name, required(name))
    }

    /// The elements of a value of this member, each with its place.
    func elements(_ name: String, _ value: JSONValue) throws(RequestError) -> [(JSONValue, JSONPointer)] {
        guard case .array(let elements) = value else { throw wrongType(name, expected: "an array", value) }
        return elements.enumerated().map { ($1, pointer[name][String($0)]) }
    }

    private func wrongType(_ name: String, expected: String, _ actual: JSONValue) -> RequestError {
        .wrongType(pointer[name].text, expected: expected, actual: actual.kind)
    }
}
