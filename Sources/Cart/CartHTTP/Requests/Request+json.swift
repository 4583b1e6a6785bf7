import CartApplication
import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// The body as JSON; nil where it is empty.
    ///
    /// - Parameters:
    ///   - limit: the longest body, in bytes.
    ///   - patch: whether it may be declared as a merge patch (RFC 7396) too.
    /// - Throws: `RequestError` or `HTTPRefusal`, or the connection's error where the client broke off.
    func json(atMost limit: Int, patch: Bool = false) async throws -> JSONValue? {
        if let length = headers[.contentLength].flatMap(Int.init), length > limit {
            throw RequestError.bodyTooLarge(limit: limit)
        }
        let body: ByteBuffer
        do {
            body = try await self.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw RequestError.bodyTooLarge(limit: limit)
        }
        // Clients declare bodies that they do not have: `curl -d ''` a form, HTTP libraries JSON.
        if body.readableBytes == 0 { return nil }
        let codings = headers[values: .contentEncoding].joined(separator: ", ")
        guard codings.isEmpty || codings.lowercased() == "identity" else {
            throw HTTPRefusal.unsupportedEncoding(codings)
        }
        let type = headers[.contentType]
        guard let type, Self.isJSON(type, patch: patch) else { throw HTTPRefusal.unsupportedMediaType(type) }
        do {
            return try JSONReader.read(Array(buffer: body))
        } catch {
            throw HTTPRefusal.malformedJSON(error.reason, at: error.pointer.text)
        }
    }

    /// The body as JSON, where the method needs one.
    func requiredJSON(atMost limit: Int, patch: Bool = false) async throws -> JSONValue {
        guard let json = try await json(atMost: limit, patch: patch) else { throw HTTPRefusal.missingBody }
        return json
    }

    /// True for `application/json`, with any parameters except a charset of which UTF-8 is no superset.
    private static func isJSON(_ type: String, patch: Bool) -> Bool {
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
