import Foundation
import NIOHTTP1
import Testing

@testable import CartHTTP

/// The duties of HTTP/1.1 towards the client of a connection, whatever is asked (RFC 9110, RFC 9112).
@Suite struct ConnectionTests {
    private typealias Connection = TestConnection

    @Test(arguments: ["/a", "/stream", "/problem", "/nowhere"])
    func `a HEAD has the fields of GET and no body, and the next answer is in step`(target: String) throws {
        let connection = try Connection(answers: [
            "/a": .text("hello"), "/stream": .stream("one", "two"),
            "/problem": .init(
                status: .notFound,
                headers: ["Content-Type": "application/problem+json", "Content-Length": "2"],
                parts: ["{}"]
            ),
        ])
        let answer = try connection.send(
            Connection.request("HEAD \(target) HTTP/1.1") + Connection.request("GET /a HTTP/1.1")
        )
        let answers = answer.components(separatedBy: "\r\n\r\n")
        try #require(answers.count == 3, "\(answer)")
        #expect(answers[1].hasPrefix("HTTP/1.1 200 OK"))
        #expect(answers[2] == "hello")
        #expect(target == "/stream" || answers[0].lowercased().contains("content-length: "))
        #expect(!answers[0].lowercased().contains("transfer-encoding"))
    }

    @Test func `a client that waits for 100 Continue gets it at once`() throws {
        let connection = try Connection()
        let head = Connection.request(
            "POST /a HTTP/1.1",
            "Host: x",
            "Content-Length: 3",
            "Expect: 100-Continue"
        )
        #expect(try connection.send(head) == "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(try connection.send("abc").hasPrefix("HTTP/1.1 200 OK"))
        #expect(connection.responder.requests == ["POST /a 3"])
        #expect(!connection.isClosed())
    }

    @Test func `who has no body to send gets no 100 Continue, nor does HTTP 1.0`() throws {
        let connection = try Connection()
        let bodiless = Connection.request("POST /a HTTP/1.1", "Host: x", "Expect: 100-continue")
        #expect(try connection.send(bodiless).hasPrefix("HTTP/1.1 200 OK"))
        let old = Connection.request("POST /a HTTP/1.0", "Content-Length: 1", "Expect: 100-continue")
        #expect(try connection.send(old) == "")
        #expect(try connection.send("a").hasPrefix("HTTP/1.1 200 OK"))
    }

    /// Requests that are refused by their head, with the status and the kind of the problem.
    static let refused: [(String, Int, String)] = [
        (TestConnection.request("POST /a HTTP/1.1", "Host: x", "Expect: tea"), 417, "expectation-failed"),
        (
            TestConnection.request(
                "POST /a HTTP/1.1",
                "Host: x",
                "Content-Length: 9999999",
                "Expect: 100-continue"
            ),
            413, "body-too-large"
        ),
        (
            TestConnection.request("POST /a HTTP/1.1", "Host: x", "Content-Length: 99999999999999999999999"),
            400, "malformed-request"
        ),
        (
            TestConnection.request("GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1"), 414,
            "target-too-long"
        ),
        (
            TestConnection.request("GET /\(String(repeating: "a", count: 900_000)) HTTP/1.1"), 414,
            "target-too-long"
        ),
        (
            TestConnection.request(
                "GET /a HTTP/1.1",
                "Host: x",
                "X: \(String(repeating: "a", count: 17_000))"
            ),
            431, "header-too-large"
        ),
        (
            TestConnection.request(
                "GET /a HTTP/1.1",
                "Host: x",
                "X: \(String(repeating: "a", count: 900_000))"
            ),
            431, "header-too-large"
        ),
        (
            TestConnection.request(
                "GET /a HTTP/1.1",
                "Host: x",
                (1...300).map { "X-\($0): y" }.joined(separator: "\r\n")
            ),
            431, "header-too-large"
        ),
        (
            TestConnection.request(
                "GET /a HTTP/1.1",
                "Host: x",
                (1...9_000).map { "X-\($0): y" }.joined(separator: "\r\n")
            ),
            431, "header-too-large"
        ),
        (TestConnection.request("GET /a HTTP/1.1", "Accept: */*"), 400, "malformed-request"),
        (TestConnection.request("GET /a HTTP/1.1", "Host: x", "Host: x"), 400, "malformed-request"),
        (TestConnection.request("GET /a HTTP/1.1", "Host: x", "Bad name: y"), 400, "malformed-request"),
        ("this is no HTTP at all\r\n\r\n", 400, "malformed-request"),
        (
            TestConnection.request(
                "POST /a HTTP/1.1",
                "Host: x",
                "Transfer-Encoding: chunked",
                "Content-Length: 3"
            ),
            400, "malformed-request"
        ),
        (
            TestConnection.request("POST /a HTTP/1.1", "Host: x", "Transfer-Encoding: gzip, chunked"),
            501, "unsupported-transfer-coding"
        ),
        (TestConnection.request("GET /a HTTP/2.0", "Host: x"), 505, "unsupported-http-version"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "unsupported-http-version"),
    ]

    @Test(arguments: refused)
    func
        `what HTTP refuses is a problem with the node's name, never reaches the responder, and ends the connection`(
            request: String,
            status: Int,
            kind: String
        ) throws
    {
        let connection = try Connection()
        let answer = try connection.send(request + Connection.request("GET /a HTTP/1.1"))
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(300))")
        #expect(answer.contains("\"type\":\"urn:cart-node:problem:\(kind)\""), "\(answer.prefix(600))")
        #expect(answer.contains("Content-Type: application/problem+json\r\n"))
        #expect(answer.contains("Cart-Node: n1\r\n"))
        #expect(answer.contains("Connection: close\r\n"))
        #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
        #expect(connection.responder.requests == ["OPTIONS *"])
        #expect(connection.isClosed())
    }

    @Test func `a request is answered before the bytes after it are refused`() throws {
        let connection = try Connection()
        let answer = try connection.send(Connection.request("GET /a HTTP/1.1") + "\u{1}\u{2}\r\n\r\n")
        let first = try #require(answer.range(of: "hello"))
        let second = try #require(answer.range(of: "HTTP/1.1 400 "))
        #expect(first.upperBound == second.lowerBound)
    }

    @Test func `a refusal without words gets words`() throws {
        let connection = try Connection(answers: [
            "/broken": .init(status: .internalServerError, headers: ["Content-Length": "0"], parts: [])
        ])
        let missing = try connection.send(Connection.request("GET /nowhere HTTP/1.1"))
        #expect(missing.hasPrefix("HTTP/1.1 404 ") && missing.contains("unknown-path"))
        let broken = try connection.send(Connection.request("GET /broken HTTP/1.1"))
        #expect(broken.hasPrefix("HTTP/1.1 500 ") && broken.contains("internal-error"))
        #expect(!connection.isClosed())
    }

    @Test(arguments: [
        ("GET /a HTTP/1.1", "Connection: close", true), ("GET /a HTTP/1.1", "Connection: TE, Close", true),
        ("GET /a HTTP/1.1", "Connection: keep-alive", false), ("GET /a HTTP/1.0", "Accept: */*", true),
        ("GET /a HTTP/1.0", "Connection: Keep-Alive", false),
        ("GET /a HTTP/1.1", "Connection: Upgrade\r\nUpgrade: h2c", true),
    ])
    func `a connection ends where a side says so, and only there`(
        line: String,
        field: String,
        closes: Bool
    ) throws {
        let connection = try Connection()
        let answer = try connection.send(Connection.request(line, "Host: x", field))
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        #expect(answer.contains("Connection: close\r\n") == closes)
        #expect(answer.hasSuffix("hello"))
        #expect(connection.isClosed() == closes)
    }

    @Test func `an answer that says close ends the connection, and what comes after it is not read`() throws {
        let connection = try Connection(answers: ["/a": .text("bye", ["Connection": "close"])])
        let answer = try connection.send(
            Connection.request("GET /a HTTP/1.1") + Connection.request("GET /a HTTP/1.1")
        )
        #expect(answer.components(separatedBy: "HTTP/1.1 200").count == 2)
        #expect(connection.responder.requests == ["GET /a"])
        #expect(connection.isClosed())
    }

    @Test func `a body of unknown length is chunked, except for HTTP 1.0`() throws {
        let modern = try Connection(answers: ["/s": .stream("one", "two")])
        let chunked = try modern.send(Connection.request("GET /s HTTP/1.1"))
        #expect(chunked.lowercased().contains("transfer-encoding: chunked\r\n"))
        #expect(chunked.hasSuffix("3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"))
        #expect(!modern.isClosed())
        let old = try Connection(answers: ["/s": .stream("one", "two")])
        let plain = try old.send(Connection.request("GET /s HTTP/1.0", "Connection: keep-alive"))
        #expect(!plain.lowercased().contains("transfer-encoding"))
        #expect(plain.hasSuffix("\r\n\r\nonetwo"))
        #expect(old.isClosed())
    }

    @Test func `an answer before the end of the request leaves the connection in step`() throws {
        var early = TableResponder.Answer.text("early")
        early.isEarly = true
        let connection = try Connection(answers: ["/a": .text("hello"), "/early": early])
        let head = Connection.request("POST /early HTTP/1.1", "Host: x", "Content-Length: 3")
        #expect(try connection.send(head).hasSuffix("early"))
        #expect(try connection.send("abc" + Connection.request("GET /a HTTP/1.1")).hasSuffix("hello"))
    }

    @Test func `an answer without a body declares none`() throws {
        let connection = try Connection(answers: [
            "/none": .init(status: .noContent, headers: ["Content-Length": "0"], parts: []),
            "/same": .init(status: .notModified, headers: ["ETag": "\"1\""], parts: ["x"]),
        ])
        let none = try connection.send(Connection.request("GET /none HTTP/1.1"))
        let same = try connection.send(Connection.request("GET /same HTTP/1.1"))
        for answer in [none, same] {
            #expect(answer.hasSuffix("\r\n\r\n"))
            #expect(!answer.lowercased().contains("content-length"))
            #expect(!answer.lowercased().contains("transfer-encoding"))
        }
    }

    @Test func `no answer may be stored or changed on its way, unless it says otherwise`() throws {
        let connection = try Connection(answers: [
            "/a": .text("hello"), "/own": .text("mine", ["Cache-Control": "private"]),
        ])
        for target in ["/a", "/nowhere"] {
            let answer = try connection.send(Connection.request("GET \(target) HTTP/1.1"))
            #expect(answer.contains("Cache-Control: no-store, no-transform\r\n"))
        }
        let own = try connection.send(Connection.request("GET /own HTTP/1.1"))
        #expect(own.components(separatedBy: "Cache-Control: ").count == 2)
        #expect(own.contains("Cache-Control: private\r\n"))
    }

    @Test func `what is too long is named right after a body that does not end with a line`() throws {
        let short = try Connection()
        let body = #"{"a":1}"#
        try short.send(
            Connection.request("POST /a HTTP/1.1", "Host: x", "Content-Length: \(body.utf8.count)")
        )
        #expect(try short.send(body).hasSuffix("hello"))
        let target = Connection.request("GET /\(String(repeating: "a", count: 900_000)) HTTP/1.1")
        #expect(try short.send(target).hasPrefix("HTTP/1.1 414 "))

        let long = try Connection()
        let line = #"{ "a": ""# + String(repeating: "a", count: 40_000) + #""}"#
        try long.send(Connection.request("POST /a HTTP/1.1", "Host: x", "Content-Length: \(line.utf8.count)"))
        #expect(try long.send(line).hasSuffix("hello"))
        let fields = (1...9_000).map { "X-\($0): y" }.joined(separator: "\r\n")
        let header = Connection.request("GET /a HTTP/1.1", "Host: x", fields)
        #expect(try long.send(header).hasPrefix("HTTP/1.1 431 "))
    }

    @Test(arguments: [
        ("GET /", true), ("DELETE /v1/carts/c: d", true), ("X-Long: a b", false), ("X-Long:a", false),
        ("garbage", false), ("", false),
    ])
    func `a long line is known by its start, however it arrives`(start: String, isFirst: Bool) {
        let long = start + String(repeating: "a", count: 100)
        for (before, after) in [("", ""), ("GET / HTTP/1.1\r\n", "\r\nHost: x\r\n\r\n")] {
            let bytes = Array((before + long + after).utf8)
            var whole = LongLine(limit: 100)
            whole.receive(bytes)
            var split = LongLine(limit: 100)
            for byte in bytes { split.receive([byte]) }
            #expect(whole.isRequestLine == isFirst)
            #expect(split.isRequestLine == isFirst)
        }
        var short = LongLine(limit: 1_000)
        short.receive(Array(long.utf8))
        #expect(!short.isRequestLine)
    }
}
