import CartApplication
import HTTPTypes
import Hummingbird
import NIOCore

// On the hot path, guarded by ADD of `Benchmarks/measure`.

extension RequestFields {
    /// Refuses a body that is declared as longer than the limit, in bytes.
    func requireLength(atMost limit: Int) throws(RequestError) {
        if let length = contentLength.flatMap({ Int($0) }), length > limit {
            throw .bodyTooLarge(limit: limit)
        }
    }

    /// The body as JSON; nil where it is empty.
    ///
    /// - Parameter patch: whether it may be declared as a merge patch (RFC 7396) too.
    func json(_ body: ByteBuffer, patch: Bool = false) throws(HTTPRefusal) -> JSONValue? {
        // Clients declare bodies that they do not have: `curl -d ''` a form, HTTP libraries JSON.
        if body.readableBytes == 0 { return nil }
        try requireJSON(patch: patch)
        do throws(JSONError) {
            return try JSONReader.read(Array(buffer: body))
        } catch {
            throw .malformedJSON(error.reason, at: error.pointer.text)
        }
    }

    /// Refuses a body that is declared as anything but JSON.
    ///
    /// - Parameter patch: whether it may be declared as a merge patch (RFC 7396) too.
    private func requireJSON(patch: Bool) throws(HTTPRefusal) {
        if let codings = contentEncoding, !codings.isEmpty, codings.lowercased() != "identity" {
            throw .unsupportedEncoding(codings)
        }
        guard let contentType, Self.isJSON(contentType, patch: patch) else {
            throw .unsupportedMediaType(contentType)
        }
    }

    /// The body as what `read` makes of plain ones; nil where it is not plain, which `json` is to read.
    func plainJSON<Value>(
        _ body: ByteBuffer,
        _ read: (UnsafeRawBufferPointer) -> Value?
    ) throws(HTTPRefusal) -> Value? {
        if body.readableBytes == 0 { return nil }
        try requireJSON(patch: false)
        return body.withUnsafeReadableBytes(read)
    }

    /// The body as JSON, where the method needs one.
    func requiredJSON(_ body: ByteBuffer, patch: Bool = false) throws(HTTPRefusal) -> JSONValue {
        guard let json = try json(body, patch: patch) else { throw .missingBody }
        return json
    }

    /// True for `application/json`, with any parameters except a charset of which UTF-8 is no superset.
    private static func isJSON(_ type: String, patch: Bool) -> Bool {
        // As nearly everybody spells it.
        if type == "application/json" { return true }
        let parts = type.lowercased().split(separator: ";", omittingEmptySubsequences: false)
        guard let name = parts.first.map(trimmed),
            name == "application/json" || patch && name == "application/merge-patch+json"
        else {
            return false
        }
        return parts.dropFirst().allSatisfy { part in
            let parameter = trimmed(part)
            guard parameter.hasPrefix("charset=") else { return true }
            let charset = parameter.dropFirst("charset=".count)
            let name =
                charset.first == "\"" && charset.last == "\"" ? charset.dropFirst().dropLast() : charset
            return ["utf-8", "utf8", "us-ascii", "ascii"].contains(name)
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}

extension Request {
    /// The body.
    ///
    /// - Parameter limit: its greatest length, in bytes.
    /// - Throws: `RequestError`, or the connection's error where the client broke off.
    func bytes(_ fields: RequestFields, atMost limit: Int) async throws -> ByteBuffer {
        try fields.requireLength(atMost: limit)
        do {
            return try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw RequestError.bodyTooLarge(limit: limit)
        }
    }
}

extension JSONError {
    /// The kind, for a person.
    var reason: String {
        switch kind {
        case .syntax(let offset): "invalid JSON at byte \(offset)"
        case .duplicate: "the name occurs twice"
        case .tooDeep: "the nesting is too deep"
        case .tooManyMembers: "the object has too many members"
        }
    }
}
