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
    /// Nil where the request brings no trace and no baggage, as nearly all do.
    private(set) var trace: TraceFields?

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

    /// The fields that were found in these bytes, whose values are printable ASCII.
    init(_ fields: [RequestRecognizer.Field], in bytes: UnsafeRawBufferPointer) {
        for field in fields {
            guard let name = Name(UnsafeRawBufferPointer(rebasing: bytes[field.name])) else { continue }
            add(String(decoding: bytes[field.value], as: UTF8.self), as: name)
        }
    }

    private mutating func add(_ value: String, as name: String) {
        var text = name
        guard let name = text.withUTF8({ Name(UnsafeRawBufferPointer($0)) }) else { return }
        add(Self.legal(value), as: name)
    }

    /// - Parameter value: has nothing that does not belong into one.
    private mutating func add(_ value: String, as name: Name) {
        switch name {
        case .authorization: Self.join(&authorization, value)
        case .contentEncoding: Self.join(&contentEncoding, value)
        case .contentLength: Self.join(&contentLength, value)
        case .contentType: Self.join(&contentType, value)
        case .idempotencyKey:
            hasSeveralKeys = idempotencyKey != nil
            Self.join(&idempotencyKey, value)
        case .ifMatch: Self.join(&ifMatch, value)
        case .ifNoneMatch: Self.join(&ifNoneMatch, value)
        case .traceParent: addToTrace { Self.join(&$0.parent, value) }
        case .traceState: addToTrace { Self.join(&$0.state, value) }
        case .baggage: addToTrace { Self.join(&$0.baggage, value) }
        }
    }

    private mutating func addToTrace(_ add: (inout TraceFields.Values) -> Void) {
        var values = trace?.values ?? TraceFields.Values()
        add(&values)
        trace = TraceFields(values)
    }

    private static func join(_ values: inout String?, _ value: String) {
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
        case traceState
        case baggage

        /// Nil for other names. The length tells most of them.
        init?(_ name: UnsafeRawBufferPointer) {
            switch name.count {
            case 7 where name.isEqual(ignoringCase: "baggage"): self = .baggage
            case 8 where name.isEqual(ignoringCase: "if-match"): self = .ifMatch
            case 10 where name.isEqual(ignoringCase: "tracestate"): self = .traceState
            case 11 where name.isEqual(ignoringCase: "traceparent"): self = .traceParent
            case 12 where name.isEqual(ignoringCase: "content-type"): self = .contentType
            case 13 where name.isEqual(ignoringCase: "authorization"): self = .authorization
            case 13 where name.isEqual(ignoringCase: "if-none-match"): self = .ifNoneMatch
            case 14 where name.isEqual(ignoringCase: "content-length"): self = .contentLength
            case 15 where name.isEqual(ignoringCase: "idempotency-key"): self = .idempotencyKey
            case 16 where name.isEqual(ignoringCase: "content-encoding"): self = .contentEncoding
            case _: return nil
            }
        }
    }
}
