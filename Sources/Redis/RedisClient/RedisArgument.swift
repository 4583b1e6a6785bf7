/// An argument of a command.
package enum RedisArgument: Sendable, Equatable {
    /// Sent in UTF-8.
    case string(String)
    case bytes([UInt8])
    /// Sent in decimal.
    case integer(Int64)
}

extension RedisArgument: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension RedisArgument: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
}
