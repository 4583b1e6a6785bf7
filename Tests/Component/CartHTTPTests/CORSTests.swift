import NIOHTTP1
import Testing

@testable import CartHTTP

/// Pages of other origins (Fetch, the CORS protocol).
@Suite struct CORSTests {
    private func answer(
        to line: String,
        _ fields: String...,
        origins: Set<String> = ["https://shop.example"]
    ) throws -> String {
        var policy = ConnectionPolicy(node: "n1")
        policy.cors = CORSPolicy(origins: origins)
        let connection = try TestConnection(
            policy,
            answers: [
                "/a": .text("hello", ["Allow": "GET, POST"]), "/stream": .stream("one"),
                "/options": .init(status: .noContent, headers: ["Allow": "GET, POST, OPTIONS"], parts: []),
            ]
        )
        let request = ([line, "Host: x"] + fields + ["", ""]).joined(separator: "\r\n")
        return try connection.send(request)
    }

    @Test(arguments: [
        "GET /a HTTP/1.1", "GET /stream HTTP/1.1", "GET /nowhere HTTP/1.1", "HEAD /a HTTP/1.1",
        "GET /a HTTP/1.1\r\nExpect: tea", "GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1",
    ])
    func `a page of a known origin may read every answer and its fields`(line: String) throws {
        let answer = try answer(to: line, "Origin: https://shop.example")
        #expect(answer.contains("Access-Control-Allow-Origin: https://shop.example\r\n"))
        #expect(answer.contains("Access-Control-Expose-Headers: \(CORSPolicy.exposed)\r\n"))
        #expect(answer.contains("Vary: Origin\r\n"))
        #expect(!answer.contains("Access-Control-Allow-Credentials"))
    }

    @Test(arguments: [
        "Origin: https://evil.example", "Origin: https://shop.example.evil.example", "Origin: null",
        "Origin: http://shop.example", "Origin: https://shop.example:8443", "Origin: HTTPS://SHOP.EXAMPLE",
        "Accept: */*",
    ])
    func `no other page may`(field: String) throws {
        for line in ["GET /a HTTP/1.1", "OPTIONS /options HTTP/1.1"] {
            let answer = try answer(to: line, field, "Access-Control-Request-Method: GET")
            #expect(!answer.contains("Access-Control"))
            #expect(answer.contains("Vary: Origin\r\n"))
        }
    }

    @Test func `a preflight is told the methods of the resource and the fields that it asks for`() throws {
        let answer = try answer(
            to: "OPTIONS /options HTTP/1.1",
            "Origin: https://shop.example",
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: content-type,x-trace"
        )
        #expect(answer.hasPrefix("HTTP/1.1 204 "))
        #expect(answer.contains("Access-Control-Allow-Methods: GET, POST, OPTIONS\r\n"))
        #expect(answer.contains("Access-Control-Allow-Headers: content-type,x-trace\r\n"))
        #expect(answer.contains("Access-Control-Max-Age: 3600\r\n"))
        #expect(answer.contains("Vary: Access-Control-Request-Headers\r\n"))
    }

    @Test(arguments: ["", "Access-Control-Request-Headers: a\u{7f}b", "Access-Control-Request-Headers: <x>"])
    func `a preflight without good names of fields is told those that the node reads`(field: String) throws {
        let fields = field.isEmpty ? "Accept: */*" : field
        let answer = try answer(
            to: "OPTIONS /options HTTP/1.1",
            "Origin: https://shop.example",
            "Access-Control-Request-Method: POST",
            fields
        )
        #expect(
            answer.contains("Access-Control-Allow-Headers: \(CORSPolicy.accepted)\r\n")
                || answer.contains("400")
        )
        #expect(!answer.contains("<x>"))
    }

    @Test func `without origins nothing is said of them`() throws {
        let answer = try answer(to: "GET /a HTTP/1.1", "Origin: https://shop.example", origins: [])
        #expect(!answer.contains("Access-Control") && !answer.contains("Vary"))
    }
}
