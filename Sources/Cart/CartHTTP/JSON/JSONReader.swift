/// Reads one JSON text (RFC 8259), strictly.
///
/// Our own, because of what a client must be told and Foundation's decoder does not tell: names that occur
/// twice, integers exactly or not at all (`2.0` and `2e0` are 2, `2.5` is none), and the place of everything
/// that is wrong.
struct JSONReader {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    var position = 0

    private init(_ bytes: [UInt8], _ limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The value that the text is.
    static func read(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes, limits)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.syntax() }
        return value
    }

    /// The next byte, if there is one.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The bytes since a position that was passed.
    func bytes(since start: Int) -> ArraySlice<UInt8> { bytes[start..<position] }

    /// The text ends or goes on wrongly here.
    func syntax() -> JSONError { JSONError(kind: .syntax(offset: position), pointer: JSONPointer()) }

    /// Passes the byte if it is the next one.
    mutating func pass(_ byte: Unicode.Scalar) -> Bool {
        guard let next, UInt32(next) == byte.value else { return false }
        position += 1
        return true
    }

    private mutating func require(_ byte: Unicode.Scalar) throws(JSONError) {
        guard pass(byte) else { throw syntax() }
    }

    private mutating func skipSpace() {
        while let next, next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { position += 1 }
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        skipSpace()
        guard let next else { throw syntax() }
        switch next {
        case UInt8(ascii: "{"): return .object(try members(depth: try deeper(depth)))
        case UInt8(ascii: "["): return .array(try elements(depth: try deeper(depth)))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw syntax()
        }
    }

    private func deeper(_ depth: Int) throws(JSONError) -> Int {
        guard depth < limits.depth else { throw JSONError(kind: .tooDeep, pointer: JSONPointer()) }
        return depth + 1
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for byte in word.description.unicodeScalars { try require(byte) }
        return value
    }

    private mutating func elements(depth: Int) throws(JSONError) -> [JSONValue] {
        try require("[")
        skipSpace()
        if pass("]") { return [] }
        var elements: [JSONValue] = []
        while true {
            do {
                elements.append(try value(depth: depth))
            } catch {
                throw JSONError(kind: error.kind, pointer: error.pointer.within(String(elements.count)))
            }
            skipSpace()
            if pass("]") { return elements }
            try require(",")
        }
    }

    private mutating func members(depth: Int) throws(JSONError) -> [JSONValue.Member] {
        try require("{")
        skipSpace()
        if pass("}") { return [] }
        var members: [JSONValue.Member] = []
        while true {
            skipSpace()
            let name = try string()
            if members.contains(where: { $0.name == name }) {
                throw JSONError(kind: .duplicate, pointer: JSONPointer()[name])
            }
            guard members.count < limits.members else {
                throw JSONError(kind: .tooManyMembers, pointer: JSONPointer())
            }
            skipSpace()
            try require(":")
            do {
                members.append(JSONValue.Member(name: name, value: try value(depth: depth)))
            } catch {
                throw JSONError(kind: error.kind, pointer: error.pointer.within(name))
            }
            skipSpace()
            if pass("}") { return members }
            try require(",")
        }
    }
}
