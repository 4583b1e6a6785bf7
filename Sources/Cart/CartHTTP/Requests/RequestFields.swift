import HTTPTypes
import NIOHTTP1

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// The fields of a request's header that carts look at, gathered in one pass.
///
/// The values of a field that occurs several times are joined by commas (RFC 9110, 5.3).
struct RequestFields: Equatable, Sendable {
    private(set) var authorization: String?
    private(set) var contentEncoding: String?
    private(set) var contentLength: String?
    private(set) var contentType: String?
    private(set) var idempotencyKey: String?
    /// True if `Idempotency-Key` occurs more than once.
    private(set) var hasSeveralKeys = false
    private(set) var ifMatch: String?
    private(set) var ifNoneMatch: String?
    private(set) var traceParent: String?

    /// The fields of a request that has none.
    init() {}

    /// The fields as the framework has them.
    init(_ fields: HTTPFields) {
        for field in fields { add(field.value, as: field.name.canonicalName) }
    }

    /// The fields as the parser has them.
    init(_ headers: HTTPHeaders) {
        for (name, value) in headers { add(value, as: name) }
    }

    private mutating func add(_ value: String, as name: String) {
        var name = name
        let field = name.withUTF8(Name.init)
        switch field {
        case .authorization: Self.join(&authorization, value)
        case .contentEncoding: Self.join(&contentEncoding, value)
        case .contentLength: Self.join(&contentLength, value)
        case .contentType: Self.join(&contentType, value)
        case .idempotencyKey:
            hasSeveralKeys = idempotencyKey != nil
            Self.join(&idempotencyKey, value)
        case .ifMatch: Self.join(&ifMatch, value)
        case .ifNoneMatch: Self.join(&ifNoneMatch, value)
        case .traceParent: Self.join(&traceParent, value)
        case nil: break
        }
    }

    private static func join(_ values: inout String?, _ value: String) {
        let value = legal(value)
        if let before = values { values = before + ", " + value } else { values = value }
    }

    /// A value without what does not belong into one, as the framework has it.
    private static func legal(_ value: String) -> String {
        HTTPField.isValidValue(value) ? value : HTTPField(name: .ifMatch, value: value).value
    }

    /// The name of a field that carts look at.
    private enum Name {
        case authorization
        case contentEncoding
        case contentLength
        case contentType
        case idempotencyKey
        case ifMatch
        case ifNoneMatch
        case traceParent

        /// Nil for other names. The length tells most of them.
        init?(_ name: UnsafeBufferPointer<UInt8>) {
            switch name.count {
            case 8 where Self.isEqual(name, "if-match"): self = .ifMatch
            case 11 where Self.isEqual(name, "traceparent"): self = .traceParent
            case 12 where Self.isEqual(name, "content-type"): self = .contentType
            case 13 where Self.isEqual(name, "authorization"): self = .authorization
            case 13 where Self.isEqual(name, "if-none-match"): self = .ifNoneMatch
            case 14 where Self.isEqual(name, "content-length"): self = .contentLength
            case 15 where Self.isEqual(name, "idempotency-key"): self = .idempotencyKey
            case 16 where Self.isEqual(name, "content-encoding"): self = .contentEncoding
            case _: return nil
            }
        }

        /// Upper and lower case are the same.
        ///
        /// - Parameter known: in lower case; of the same length.
        private static func isEqual(_ name: UnsafeBufferPointer<UInt8>, _ known: StaticString) -> Bool {
            let known = UnsafeBufferPointer(start: known.utf8Start, count: known.utf8CodeUnitCount)
            for (byte, letter) in zip(name, known) {
                // The bit that tells the cases of a letter apart; a hyphen has it anyway.
                let isLetter = letter >= UInt8(ascii: "a")
                guard (isLetter ? byte | 0x20 : byte) == letter else { return false }
            }
            return true
        }
    }
}
