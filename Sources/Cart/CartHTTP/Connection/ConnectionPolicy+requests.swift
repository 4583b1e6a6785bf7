import CartApplication
import NIOHTTP1

// What HTTP itself requires of a request (RFC 9110, RFC 9112, RFC 6585).
extension ConnectionPolicy {
    /// The reason to refuse a request by its head alone; nil for none.
    func problem(with head: HTTPRequestHead) -> Problem? {
        if head.version.major != 1 { return Problem(HTTPRefusal.unsupportedVersion) }
        if head.uri.utf8.count > targetBytes { return Problem(HTTPRefusal.targetTooLong(limit: targetBytes)) }
        let (refusal, hosts) = scan(head.headers)
        if let refusal { return Problem(refusal) }
        guard hosts == 1 || hosts == 0 && head.version == .http1_0 else {
            return Problem(
                HTTPRefusal.malformedRequest("a request has one Host field, this one has \(hosts)")
            )
        }
        let codings = head.headers[canonicalForm: "Transfer-Encoding"]
        if !codings.isEmpty {
            if head.version == .http1_0 {
                return Problem(HTTPRefusal.malformedRequest("HTTP/1.0 has no Transfer-Encoding"))
            }
            guard codings.count == 1, codings[0].lowercased() == "chunked" else {
                return Problem(HTTPRefusal.unsupportedCoding)
            }
        }
        for expectation in head.headers[canonicalForm: "Expect"]
        where expectation.lowercased() != "100-continue" {
            return Problem(HTTPRefusal.expectationFailed)
        }
        if let length = head.headers.first(name: "Content-Length").flatMap({ Int($0) }), length > bodyBytes {
            return Problem(.bodyTooLarge(limit: bodyBytes))
        }
        return nil
    }

    /// The reason to refuse bytes that are no request.
    func problem(of error: HTTPParserError, inRequestLine: Bool) -> Problem {
        switch error {
        case .headerOverflow where inRequestLine: Problem(HTTPRefusal.targetTooLong(limit: targetBytes))
        case .headerOverflow: Problem(HTTPRefusal.headerTooLarge(limit: headerBytes))
        // The parser pauses at the first line that HTTP/2 begins with.
        case .invalidVersion, .paused: Problem(HTTPRefusal.unsupportedVersion)
        default: Problem(HTTPRefusal.malformedRequest("the request is not one of HTTP/1.1: \(error)"))
        }
    }

    /// True if the client waits for `100 Continue` before it sends a body.
    func expectsContinue(_ head: HTTPRequestHead) -> Bool {
        guard head.headers.contains(name: "Expect") else { return false }
        if head.headers.contains(name: "Transfer-Encoding") { return true }
        return head.headers.first(name: "Content-Length").map { $0 != "0" } ?? false
    }

    /// True if the connection cannot go on after the request: the parser stops at a request for another
    /// protocol, which is answered as one that asks for none.
    func mustClose(after head: HTTPRequestHead) -> Bool {
        head.method == .CONNECT || head.headers.contains(name: "Upgrade")
    }

    private func scan(_ headers: HTTPHeaders) -> (HTTPRefusal?, hosts: Int) {
        var (bytes, count, hosts) = (0, 0, 0)
        for (name, value) in headers {
            let length = name.utf8.count + value.utf8.count
            if length > fieldBytes { return (.headerTooLarge(limit: fieldBytes), 0) }
            bytes += length
            count += 1
            if name.utf8.count == 4, name.lowercased() == "host" { hosts += 1 }
        }
        if bytes > headerBytes { return (.headerTooLarge(limit: headerBytes), 0) }
        if count > fieldCount { return (.tooManyFields(limit: fieldCount), 0) }
        return (nil, hosts)
    }
}

extension HTTPHeaders {
    /// True if a field that lists tokens has this one.
    ///
    /// - Parameter token: in lower case.
    func contains(name: String, token: String) -> Bool {
        self[canonicalForm: name].contains { $0.lowercased() == token }
    }
}
