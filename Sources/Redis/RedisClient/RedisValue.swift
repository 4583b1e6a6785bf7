/// A reply of Redis (RESP2).
package enum RedisValue: Sendable, Equatable {
    /// A null bulk string or a null array.
    case null
    /// A status such as `OK`. Invalid UTF-8 is repaired.
    case simple(String)
    /// A binary-safe string.
    case bulk([UInt8])
    case integer(Int64)
    case array([RedisValue])
    /// An error nested in an array, as `EXEC` replies. An error that is the whole reply is thrown instead.
    case error(RedisServerError)
    /// In place of a reply that would take more memory than this limit, and was dropped. Always thrown.
    case tooLarge(byteLimit: Int)
}

extension RedisValue {
    package var isNull: Bool { self == .null }

    /// True for an error that is the whole reply.
    var isError: Bool { if case .error = self { true } else { false } }

    /// The number in the reply: an integer, or a string that contains one in decimal.
    ///
    /// - Throws: `server` for a nested error, `protocolViolation` for any other shape.
    package var integer: Int64 {
        get throws(RedisError) {
            switch self {
            case .integer(let value): return value
            case .simple(let text): if let value = Int64(text) { return value }
            case .bulk(let bytes):
                if let value = Int64(String(decoding: bytes, as: UTF8.self)) { return value }
            case .null, .array, .error, .tooLarge: break
            }
            throw mismatch("an integer")
        }
    }

    /// The text in the reply: a status, a string of valid UTF-8, or an integer in decimal.
    ///
    /// - Throws: `server` for a nested error, `protocolViolation` for any other shape.
    package var string: String {
        get throws(RedisError) {
            switch self {
            case .simple(let text): return text
            case .integer(let value): return String(value)
            case .bulk(let bytes): if let text = String(utf8: bytes) { return text }
            case .null, .array, .error, .tooLarge: break
            }
            throw mismatch("a text")
        }
    }

    /// The bytes in the reply: a string, or a status in UTF-8.
    ///
    /// - Throws: `server` for a nested error, `protocolViolation` for any other shape.
    package var bytes: [UInt8] {
        get throws(RedisError) {
            switch self {
            case .bulk(let bytes): return bytes
            case .simple(let text): return Array(text.utf8)
            case .null, .integer, .array, .error, .tooLarge: throw mismatch("a string")
            }
        }
    }

    /// The elements of the reply.
    ///
    /// - Throws: `server` for a nested error, `protocolViolation` for any other shape.
    package var array: [RedisValue] {
        get throws(RedisError) {
            switch self {
            case .array(let elements): return elements
            case .null, .simple, .bulk, .integer, .error, .tooLarge: throw mismatch("an array")
            }
        }
    }

    /// The reply, or nil if it is null: `try reply.unlessNull?.integer`.
    package var unlessNull: RedisValue? { isNull ? nil : self }

    private var shape: String {
        switch self {
        case .null: "null"
        case .simple: "a status"
        case .bulk: "a string"
        case .integer: "an integer"
        case .array(let elements): "an array of \(elements.count)"
        case .error: "an error"
        case .tooLarge: "a reply that is too large"
        }
    }

    private func mismatch(_ expected: String) -> RedisError {
        if case .error(let error) = self { return .server(error) }
        return .protocolViolation("expected \(expected), got \(shape)")
    }
}

extension String {
    /// The text of valid UTF-8; nil for other bytes. Nearly all texts are ASCII, which needs no check: the general one
    /// costs five times as much.
    package init?(utf8 bytes: [UInt8]) {
        let isASCII = bytes.allSatisfy { $0 < 0x80 }
        guard
            let text = isASCII
                ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
        else {
            return nil
        }
        self = text
    }
}
