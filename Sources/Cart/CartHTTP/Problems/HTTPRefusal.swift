import HTTPTypes
import Timing

/// A request that HTTP itself refuses: the application is not asked.
enum HTTPRefusal: Error, Equatable, Sendable {
    /// No resource has this path.
    case unknownPath
    /// The resource has other methods.
    case methodNotAllowed(allowed: String)
    /// The body is not declared as JSON; the declared type, or nil.
    case unsupportedMediaType(String?)
    /// The body is coded, and the node decodes none; the codings.
    case unsupportedEncoding(String)
    /// The body that the method needs is empty.
    case missingBody
    /// The body is not JSON: why, and the innermost place that it is about.
    case malformedJSON(String, at: String)
    /// The bytes are not a request of HTTP/1.1: why.
    case malformedRequest(String)
    /// The body did not come within the time that it has.
    case lateBody(limit: Duration)
    /// The target is longer than the limit, in bytes.
    case targetTooLong(limit: Int)
    /// A header field, or all of them together, is longer than the limit, in bytes.
    case headerTooLarge(limit: Int)
    /// There are more header fields than the limit.
    case tooManyFields(limit: Int)
    /// The client expects something other than `100 Continue`.
    case expectationFailed
    /// The transfer coding is not `chunked`.
    case unsupportedCoding
    /// The version of HTTP is neither 1.1 nor 1.0.
    case unsupportedVersion

    /// The kind of such a refusal. Clients may rely on the raw value: a kind's name and meaning never change.
    enum Kind: String, Sendable, CaseIterable {
        case unknownPath = "unknown-path"
        case methodNotAllowed = "method-not-allowed"
        case unsupportedMediaType = "unsupported-media-type"
        case malformedJSON = "malformed-json"
        case malformedRequest = "malformed-request"
        case requestTimeout = "request-timeout"
        case targetTooLong = "target-too-long"
        case headerTooLarge = "header-too-large"
        case expectationFailed = "expectation-failed"
        case unsupportedCoding = "unsupported-transfer-coding"
        case unsupportedVersion = "unsupported-http-version"

        /// The response's status.
        var status: Int {
            switch self {
            case .malformedJSON, .malformedRequest: 400
            case .unknownPath: 404
            case .methodNotAllowed: 405
            case .requestTimeout: 408
            case .targetTooLong: 414
            case .unsupportedMediaType: 415
            case .expectationFailed: 417
            case .headerTooLarge: 431
            case .unsupportedCoding: 501
            case .unsupportedVersion: 505
            }
        }

        /// The `title` of its problem: a few words, the same each time.
        var title: String {
            switch self {
            case .unknownPath: "The resource does not exist"
            case .methodNotAllowed: "The method is not allowed here"
            case .unsupportedMediaType: "The body is not declared as JSON"
            case .malformedJSON: "The body is not valid JSON"
            case .malformedRequest: "The request is malformed"
            case .requestTimeout: "The request did not arrive in time"
            case .targetTooLong: "The target of the request is too long"
            case .headerTooLarge: "The header of the request is too large"
            case .expectationFailed: "The expectation cannot be met"
            case .unsupportedCoding: "The transfer coding is not supported"
            case .unsupportedVersion: "The version of HTTP is not supported"
            }
        }
    }

    /// The kind.
    var kind: Kind {
        switch self {
        case .unknownPath: .unknownPath
        case .methodNotAllowed: .methodNotAllowed
        case .unsupportedMediaType, .unsupportedEncoding: .unsupportedMediaType
        case .missingBody, .malformedJSON: .malformedJSON
        case .malformedRequest: .malformedRequest
        case .lateBody: .requestTimeout
        case .targetTooLong: .targetTooLong
        case .headerTooLarge, .tooManyFields: .headerTooLarge
        case .expectationFailed: .expectationFailed
        case .unsupportedCoding: .unsupportedCoding
        case .unsupportedVersion: .unsupportedVersion
        }
    }

    /// The circumstances of this refusal, in one line.
    var detail: String {
        switch self {
        case .unknownPath: return "no resource has this path"
        case .methodNotAllowed(let allowed): return "allowed here: \(allowed)"
        case .unsupportedMediaType(let type):
            let found = type.map { "declared as \($0)" } ?? "not declared"
            return "the body is \(found); it must be declared as application/json"
        case .missingBody: return "the body is empty; it must be a JSON object"
        case .unsupportedEncoding(let codings):
            return "the body is coded as \(codings); the node reads bodies without any coding"
        case .malformedJSON(let reason, _), .malformedRequest(let reason): return reason
        case .lateBody(let limit):
            return "the body of the request did not arrive within \(DurationText.format(limit))"
        case .targetTooLong(let limit): return "a target has at most \(limit) bytes"
        case .headerTooLarge(let limit): return "the limit is \(limit) bytes"
        case .tooManyFields(let limit): return "a request has at most \(limit) header fields"
        case .expectationFailed: return "the node knows the expectation 100-continue only"
        case .unsupportedCoding: return "the node knows the transfer coding chunked only"
        case .unsupportedVersion: return "the node speaks HTTP/1.0 and HTTP/1.1"
        }
    }

    /// The refused part: a JSON pointer into the body, or the name of a header field; nil for the whole
    /// request.
    var field: String? {
        switch self {
        case .unknownPath, .methodNotAllowed, .malformedRequest, .lateBody, .targetTooLong, .headerTooLarge,
            .tooManyFields, .unsupportedVersion:
            nil
        case .expectationFailed: "Expect"
        case .unsupportedCoding: "Transfer-Encoding"
        case .unsupportedEncoding: "Content-Encoding"
        case .unsupportedMediaType: "Content-Type"
        case .missingBody: ""
        case .malformedJSON(_, let place): place
        }
    }

    /// The header fields by which the answer says what the client may send instead.
    var fields: HTTPFields {
        switch self {
        case .methodNotAllowed(let allowed): [.allow: allowed]
        case .unsupportedMediaType: [.accept: "application/json"]
        case .unsupportedEncoding: [.acceptEncoding: "identity"]
        case .unknownPath, .missingBody, .malformedJSON, .malformedRequest, .lateBody, .targetTooLong,
            .headerTooLarge, .tooManyFields, .expectationFailed, .unsupportedCoding, .unsupportedVersion:
            [:]
        }
    }
}
