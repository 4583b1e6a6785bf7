/// An object of which every member is known by name: what is missing, unknown or of another type is refused by its place.
struct JSONObject: Sendable {
    private let members: [JSONValue.Member]
    private let pointer: JSONPointer

    /// - Parameter names: all that may occur.
    init(_ value: JSONValue, at pointer: JSONPointer = JSONPointer(), of names: [String]) throws(RequestFlaw)
    {
        guard case .object(let members) = value else {
            throw .wrongType(pointer, expected: "an object", actual: value.kind)
        }
        for member in members where !names.contains(member.name) {
            throw .unknownField(pointer[member.name], known: names)
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

    /// Where a member is or should be.
    func place(of name: String) -> JSONPointer { pointer[name] }

    /// The text of a member that may be absent or null.
    func optionalString(_ name: String) throws(RequestFlaw) -> String? {
        guard let value = optional(name) else { return nil }
        guard case .string(let text) = value else { throw wrongType(name, "a string", value) }
        return text
    }

    /// The text of a member that must be there.
    func string(_ name: String) throws(RequestFlaw) -> String {
        let value = try required(name)
        guard case .string(let text) = value else { throw wrongType(name, "a string", value) }
        return text
    }

    /// The number of a member that must be there.
    func integer(_ name: String) throws(RequestFlaw) -> Int64 {
        let value = try required(name)
        switch value {
        case .integer(let number): return number
        case .hugeInteger: throw .hugeInteger(pointer[name])
        case .null, .boolean, .fraction, .string, .array, .object: throw wrongType(name, "an integer", value)
        }
    }

    /// The value of a member that must be there.
    func required(_ name: String) throws(RequestFlaw) -> JSONValue {
        guard let member = members.first(where: { $0.name == name }) else {
            throw .missingField(pointer[name])
        }
        return member.value
    }

    private func wrongType(_ name: String, _ expected: String, _ actual: JSONValue) -> RequestFlaw {
        .wrongType(pointer[name], expected: expected, actual: actual.kind)
    }
}
