import ActorRuntime
import CartApplication
import CartTesting
import NIOCore
import NIOEmbedded
import NIOHTTP1
import RequestTracing
import Testing

@testable import Cart
@testable import CartHTTP

/// The hot lane on a connection, with a table in place of the framework: behind the parser, and in front of it too.
@Suite struct HotLaneTests {
    private typealias Connection = TestConnection

    private static let get = Connection.request("GET /v1/carts/c HTTP/1.1")

    private static func post(_ body: String = apple) -> String {
        Connection.request(
            "POST /v1/carts/c/lines HTTP/1.1",
            "Host: x",
            "Content-Type: application/json",
            "Content-Length: \(body.utf8.count)"
        ) + body
    }

    private let carts = InMemoryCarts()

    /// A connection to carts of which `c` exists.
    ///
    /// - Parameter recognizes: false if all requests pass the parser.
    private func connection(
        answers: [String: TableResponder.Answer] = ["/a": .text("hello")],
        bodyLimit: Int = CartAPIPolicy().bodyBytes,
        recognizes: Bool
    ) throws -> Connection {
        try HotConnection(
            ConnectionPolicy(node: "n1"),
            answers: answers,
            bodyLimit: bodyLimit,
            recognizes: recognizes,
            carts: carts
        ).connection
    }

    private func statuses(_ answer: String) -> [String] { HotConnection.statuses(answer) }

    // MARK: Order

    @Test(arguments: [false, true])
    func `plain requests are answered on the loop, and the framework gets all others`(recognizes: Bool) throws
    {
        let connection = try connection(recognizes: recognizes)
        #expect(statuses(try connection.send(Self.get)) == ["200"])
        #expect(statuses(try connection.send(Self.post())) == ["201"])
        #expect(connection.responder.requests.isEmpty)
        #expect(try connection.send(Connection.request("GET /a HTTP/1.1")).hasSuffix("hello"))
        let tags = Connection.request("DELETE /v1/carts/c HTTP/1.1", "Host: x", "If-Match: \"1\", \"2\"")
        #expect(statuses(try connection.send(tags)) == ["404"])
        #expect(connection.responder.requests == ["GET /a", "DELETE /v1/carts/c"])
        #expect(carts.asked.map(\.isFromLoop) == [true, true])
    }

    @Test(arguments: [false, true])
    func `answers keep the order of their requests across both lanes`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        carts.answer(.onRelease)
        let other = Connection.request("GET /a HTTP/1.1")
        #expect(try connection.send(Self.get + other + Self.post() + other + Self.get) == "")
        #expect(carts.asked.count == 1)
        #expect(connection.responder.requests.isEmpty)
        carts.release()
        #expect(try connection.answered().hasSuffix("hello"))
        #expect(carts.asked.count == 2)
        carts.release()
        #expect(statuses(try connection.answered()) == ["201", "200"])
        carts.release()
        #expect(statuses(try connection.answered()) == ["200"])
        #expect(connection.responder.requests == ["GET /a", "GET /a"])
    }

    @Test(arguments: [false, true])
    func `an answer before the end of the body leaves the connection in order`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        let head = Connection.request("GET /v1/carts/c HTTP/1.1", "Host: x", "Content-Length: 4")
        #expect(statuses(try connection.send(head)) == ["200"])
        #expect(try connection.send("ab") == "")
        #expect(statuses(try connection.send("cd" + Self.get)) == ["200"])
        carts.answer(.onRelease)
        #expect(try connection.send(head + "abcd" + Self.get) == "")
        carts.release()
        #expect(statuses(try connection.answered()) == ["200"])
        carts.release()
        #expect(statuses(try connection.answered()) == ["200"])
        #expect(!connection.isClosed())
    }

    @Test(arguments: [false, true])
    func `any number of requests may wait behind one`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        carts.answer(.onRelease)
        try connection.send(Self.get + String(repeating: Self.get, count: 4_000))
        carts.answer(.atOnce)
        carts.release()
        // Each turn of the loop brings some of them.
        var turns = [statuses(try connection.answered()).count]
        while let last = turns.last, last > 0 {
            connection.pass(.milliseconds(1))
            turns.append(statuses(try connection.answered()).count)
        }
        #expect(turns.max() == 64)
        #expect(turns.reduce(0, +) == 4_001)
    }

    @Test(arguments: [false, true])
    func `a body that would take the loop's time is left to the framework`(recognizes: Bool) throws {
        let connection = try connection(bodyLimit: 16 << 20, recognizes: recognizes)
        let put = "PUT /v1/carts/c HTTP/1.1"
        try connection.send(Connection.request(put, "Host: x", "Content-Length: 65537"))
        try connection.send(String(repeating: " ", count: 65_537))
        #expect(connection.responder.requests == ["PUT /v1/carts/c 65537"])
        try connection.send(Connection.request(put, "Host: x", "Content-Length: 0"))
        #expect(connection.responder.requests.count == 1)
    }

    // MARK: Writing

    @Test(arguments: [false, true])
    func `requests that came together are answered together`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        try connection.send(String(repeating: Self.get, count: 8))
        #expect(connection.flushCount == 1)
        carts.answer(.onRelease)
        try connection.send(String(repeating: Self.get, count: 8))
        #expect(connection.flushCount == 1)
        carts.answer(.atOnce)
        carts.release()
        #expect(connection.flushCount == 2)
        #expect(statuses(try connection.answered()).count == 8)
    }

    @Test(arguments: [false, true])
    func `a client that takes no answers is asked for no more requests`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        connection.become(writable: false)
        #expect(try connection.send(String(repeating: Self.get, count: 8)) == "")
        // One answer waits, and nobody asks for what cannot be answered.
        #expect(carts.asked.count == 1)
        connection.become(writable: true)
        #expect(statuses(try connection.answered()).count == 8)
        #expect(carts.asked.count == 8)
        connection.become(writable: false)
        carts.answer(.onRelease)
        try connection.send(Self.get)
        carts.release()
        #expect(try connection.answered() == "")
        // It is given up as any other client that takes nothing.
        #expect(connection.isClosed(after: .seconds(30)))
    }

    // MARK: Ends

    @Test(arguments: [false, true])
    func `an answer that comes after the connection ended is dropped`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        carts.answer(.onRelease)
        try connection.send(Self.post())
        connection.channel.close(promise: nil)
        connection.channel.embeddedEventLoop.run()
        carts.release()
        #expect(try connection.answered() == "")
    }

    @Test(arguments: [false, true])
    func `a client that sends no more still gets its answer, and then the framework ends`(recognizes: Bool)
        throws
    {
        let connection = try connection(recognizes: recognizes)
        carts.answer(.onRelease)
        try connection.send(Self.get)
        connection.endRequests()
        #expect(!connection.responder.hasEnded)
        carts.release()
        #expect(statuses(try connection.answered()) == ["200"])
        #expect(connection.responder.hasEnded)
    }

    @Test(arguments: [false, true])
    func `a client that sends no more when nothing is owed is not waited for`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        try connection.send(Self.get)
        connection.endRequests()
        #expect(connection.responder.hasEnded)
    }

    @Test(arguments: [false, true])
    func `a drain ends the connection with the answer that is owed`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        carts.answer(.onRelease)
        try connection.send(Self.get + Self.get)
        connection.drain()
        carts.release()
        let answer = try connection.answered()
        #expect(statuses(answer) == ["200"])
        #expect(answer.contains("Connection: close\r\n"))
        #expect(connection.isClosed())
    }

    @Test(arguments: [false, true])
    func `a client that asks for it has its connection ended with the answer`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        let answer = try connection.send(
            Connection.request("GET /v1/carts/c HTTP/1.1", "Host: x", "Connection: close") + Self.get
        )
        #expect(statuses(answer) == ["200"])
        #expect(answer.contains("Connection: close\r\n"))
        #expect(connection.isClosed())
    }

    // MARK: Bodies

    @Test(arguments: [false, true])
    func `a body may come in pieces`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        for byte in Self.post().utf8.dropLast() {
            #expect(try connection.send(String(Unicode.Scalar(byte))) == "")
        }
        #expect(carts.asked.isEmpty)
        #expect(statuses(try connection.send(String(Self.post().suffix(1)))) == ["201"])
    }

    @Test(arguments: [false, true])
    func `a client that waits for 100 Continue gets it, and then the answer`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        let body = apple
        let head = Connection.request(
            "POST /v1/carts/c/lines HTTP/1.1",
            "Host: x",
            "Content-Type: application/json",
            "Content-Length: \(body.utf8.count)",
            "Expect: 100-continue"
        )
        #expect(try connection.send(head) == "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(statuses(try connection.send(body)) == ["201"])
    }

    @Test(arguments: [false, true])
    func `a body that does not come in time is refused, and the connection ends`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        #expect(try connection.send(String(Self.post().dropLast())) == "")
        connection.pass(.seconds(10))
        let answer = try connection.answered()
        #expect(statuses(answer) == ["408"])
        #expect(answer.contains("urn:cart-node:problem:request-timeout"))
        #expect(carts.asked.isEmpty)
        #expect(connection.isClosed())
    }

    @Test(arguments: [false, true])
    func `a body that is not framed as it says is refused, and the connection ends`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        let head = Connection.request(
            "POST /v1/carts/c/lines HTTP/1.1",
            "Host: x",
            "Content-Type: application/json",
            "Transfer-Encoding: chunked"
        )
        #expect(try connection.send(head) == "")
        let answer = try connection.send("nonsense\r\n")
        #expect(statuses(answer) == ["400"])
        #expect(answer.contains("urn:cart-node:problem:malformed-request"))
        #expect(carts.asked.isEmpty)
        #expect(connection.isClosed())
    }

    @Test(arguments: [false, true])
    func `a body that nobody needs does not spoil the answer that is under way`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        carts.answer(.onRelease)
        let head = Connection.request(
            "DELETE /v1/carts/c HTTP/1.1",
            "Host: x",
            "Transfer-Encoding: chunked"
        )
        #expect(try connection.send(head + "nonsense\r\n") == "")
        carts.release()
        #expect(statuses(try connection.answered()) == ["204"])
        #expect(connection.isClosed())
    }

    // MARK: Silence

    @Test(arguments: [false, true])
    func `a connection is closed after a silence, in whichever lane its requests were`(recognizes: Bool)
        throws
    {
        let connection = try connection(recognizes: recognizes)
        for request in [Self.get, Connection.request("GET /a HTTP/1.1"), Self.post()] {
            connection.pass(.seconds(74))
            #expect(statuses(try connection.send(request)).count == 1)
        }
        #expect(!connection.isClosed(after: .seconds(74)))
        #expect(connection.isClosed(after: .seconds(1)))
    }

    @Test(arguments: [false, true])
    func `a head that does not come to its end is silence`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        connection.pass(.seconds(40))
        try connection.send(String(Self.get.dropLast()))
        #expect(!connection.isClosed(after: .seconds(34)))
        #expect(connection.isClosed(after: .seconds(1)))
    }

    @Test(arguments: [false, true])
    func `a client that waits for its answer is not silent`(recognizes: Bool) throws {
        var stream = TableResponder.Answer.stream("one")
        stream.isWhole = false
        let connection = try connection(answers: ["/stream": stream], recognizes: recognizes)
        carts.answer(.onRelease)
        try connection.send(Self.get)
        #expect(!connection.isClosed(after: .seconds(300)))
        carts.release()
        try connection.send(Connection.request("GET /stream HTTP/1.1"))
        #expect(!connection.isClosed(after: .seconds(300)))
    }

    // MARK: Asks

    @Test(arguments: [false, true])
    func `the deadline counts from the request, and the trace is passed on`(recognizes: Bool) throws {
        let connection = try connection(recognizes: recognizes)
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let before = ContinuousClock.now
        try connection.send(
            Connection.request("GET /v1/carts/c HTTP/1.1", "Host: x", "TraceParent: \(trace)")
        )
        let asked = try #require(carts.asked.first)
        #expect(asked.trace?.parent == trace)
        #expect(asked.deadline >= before + .seconds(2))
        #expect(asked.deadline <= ContinuousClock.now + .seconds(2))
    }

    @Test(
        arguments: [
            (784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (951_825_599_999, "Tue, 29 Feb 2000 11:59:59 GMT"),
            (253_402_300_799_999, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (-62_167_219_200_000, "Sat, 01 Jan 0000 00:00:00 GMT"),
        ] as [(Int64, String)]
    )
    func `a date is written as HTTP has it`(milliseconds: Int64, text: String) {
        var date = HTTPDate()
        #expect(date.text(at: Timestamp(milliseconds: milliseconds)) == text)
    }

    @Test func `a date moves on with the second`() {
        var date = HTTPDate()
        #expect(date.text(at: Timestamp(milliseconds: 999)) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(date.text(at: Timestamp(milliseconds: 1_000)) == "Thu, 01 Jan 1970 00:00:01 GMT")
        #expect(date.text(at: Timestamp(milliseconds: .max)) == nil)
        #expect(date.text(at: Timestamp(milliseconds: 0)) == "Thu, 01 Jan 1970 00:00:00 GMT")
    }

    @Test(arguments: [1, 9, 10, 99, 100, 1_795_363_757_042_000, .max] as [UInt64])
    func `an entity tag is a version in quotes`(version: UInt64) {
        #expect(EntityTags.tag(of: version) == "\"\(version)\"")
    }
}
