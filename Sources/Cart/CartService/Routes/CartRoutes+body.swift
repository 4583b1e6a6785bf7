import HTTPTypes
import Hummingbird
import NIOCore

extension CartRoutes {
    /// The body as JSON, or nil if it is empty.
    ///
    /// - Parameter patch: whether it may be declared as a merge patch (RFC 7396) too.
    /// - Throws: `RequestError`, or the connection's error where the client broke off.
    func json(of request: Request, patch: Bool = false) async throws -> JSONValue? {
        let limit = policy.bodyBytes
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit {
            throw RequestError.bodyTooLarge(limit: limit)
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw RequestError.bodyTooLarge(limit: limit)
        }
        let type = request.headers[.contentType]
        if body.readableBytes == 0 && type == nil { return nil }
        guard let type, Self.isJSON(type, patch) else { throw RequestError.unsupportedMediaType(type) }
        if body.readableBytes == 0 { return nil }
        do {
            return try JSONReader.read(Array(buffer: body))
        } catch {
            throw RequestError.malformedJSON(error)
        }
    }

    /// Whether it is `application/json`, with whatever parameters but another charset than UTF-8.
    private static func isJSON(_ type: String, _ patch: Bool) -> Bool {
        let parts = type.lowercased().split(separator: ";", omittingEmptySubsequences: false)
        guard let name = parts.first.map(trimmed),
            name == "application/json" || patch && name == "application/merge-patch+json"
        else {
            return false
        }
        return parts.dropFirst().allSatisfy { part in
            let parameter = trimmed(part)
            return !parameter.hasPrefix("charset=")
                || parameter == "charset=utf-8" || parameter == "charset=\"utf-8\""
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
