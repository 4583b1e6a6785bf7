import ActorRuntime
import CartApplication
import CartTesting
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import CartHTTP

/// The handler in front of the parser: which requests it takes, and that nothing else changes for the client.
@Suite struct RecognizedRequestTests {
    private typealias Connection = TestConnection

    private static let get = Connection.request("GET /v1/carts/c HTTP/1.1")
    private static let other = Connection.request("GET /a HTTP/1.1")

    private static let post =
        Connection.request(
            "POST /v1/carts/c/lines HTTP/1.1",
            "Host: x",
            "Content-Type: application/json",
            "Content-Length: \(apple.utf8.count)"
        ) + apple

    private static let chunked =
        Connection.request(
            "POST /v1/carts/c/lines HTTP/1.1",
            "Host: x",
            "Content-Type: application/json",
            "Transfer-Encoding: chunked"
        ) + String(apple.utf8.count, radix: 16) + "\r\n" + apple + "\r\n0\r\n\r\n"

    private func statuses(_ answer: String) -> [String] { HotConnection.statuses(answer) }

    // MARK: The way of a request

    @Test(arguments: [get, post])
    func `a plain request does not pass the parser`(request: String) throws {
        let connection = try HotConnection().connection
        for _ in 0..<3 { #expect(statuses(try connection.send(request)).count == 1) }
        #expect(connection.passedBytes == "")
    }

    @Test func `a head may come in two pieces, wherever it is cut`() throws {
        let connection = try HotConnection().connection
        for count in 1..<Self.get.utf8.count {
            #expect(try connection.send(String(Self.get.utf8.prefix(count)) ?? "") == "")
            #expect(statuses(try connection.send(String(Self.get.utf8.dropFirst(count)) ?? "")) == ["200"])
        }
        #expect(connection.passedBytes == "")
    }

    @Test func `a head may come byte by byte, behind another request`() throws {
        let connection = try HotConnection().connection
        #expect(statuses(try connection.send(Self.get + "G")) == ["200"])
        for byte in Self.get.utf8.dropFirst().dropLast() {
            #expect(try connection.send(String(Unicode.Scalar(byte))) == "")
        }
        #expect(statuses(try connection.send("\n" + Self.get)) == ["200", "200"])
        #expect(connection.passedBytes == "")
    }

    @Test func `a request whose body comes later passes the parser, and the next one does not`() throws {
        let connection = try HotConnection().connection
        let head = String(Self.post.dropLast(apple.count))
        #expect(try connection.send(Self.get + head).hasPrefix("HTTP/1.1 200 "))
        #expect(connection.passedBytes == head)
        #expect(try connection.send(String(apple.prefix(5))) == "")
        #expect(statuses(try connection.send(String(apple.dropFirst(5)) + Self.get)) == ["201", "200"])
        #expect(connection.passedBytes == Self.post)
        #expect(statuses(try connection.send(Self.post)).count == 1)
        #expect(connection.passedBytes == Self.post)
    }

    @Test func `behind a request for the framework plain requests are taken again`() throws {
        let connection = try HotConnection().connection
        #expect(statuses(try connection.send(Self.other + Self.get)) == ["200", "200"])
        #expect(statuses(try connection.send(Self.get)) == ["200"])
        #expect(connection.passedBytes == Self.other)
    }

    @Test func `behind an answer that came before its request's end plain requests are taken again`() throws {
        var early = TableResponder.Answer.text("early")
        early.isEarly = true
        let connection = try HotConnection(answers: ["/early": early]).connection
        let head = Connection.request("POST /early HTTP/1.1", "Host: x", "Content-Length: 4")
        #expect(try connection.send(head).hasSuffix("early"))
        #expect(try connection.send("ab") == "")
        #expect(statuses(try connection.send("cd" + Self.get)) == ["200"])
        #expect(connection.passedBytes == head + "abcd")
    }

    @Test(arguments: [
        chunked, "\r\n" + get, Connection.request("GET /v1/carts/c HTTP/1.1", "Host: x", "A:\tb"),
    ])
    func `from the first bytes of another shape on, everything passes the parser`(request: String) throws {
        let connection = try HotConnection().connection
        #expect(statuses(try connection.send(Self.get + request + Self.get)).count == 3)
        #expect(statuses(try connection.send(Self.get)) == ["200"])
        #expect(connection.passedBytes == request + Self.get + Self.get)
    }

    @Test func `a request that the framework alone knows how to answer passes the parser`() throws {
        var policy = ConnectionPolicy(node: "n1")
        policy.cors = CORSPolicy(origins: ["https://shop.example"])
        let connection = try HotConnection(policy).connection
        let fields = [
            "Origin: https://shop.example", "Expect: tea", "Host: y", "If-Match: \"1\", \"2\"",
            "Content-Length: 70000",
        ]
        for field in fields {
            let connection = try HotConnection(policy).connection
            let request = Connection.request("DELETE /v1/carts/c HTTP/1.1", "Host: x", field)
            try connection.send(request)
            #expect(connection.passedBytes == request, "\(field)")
        }
        let answer = try connection.send(Self.get)
        #expect(answer.contains("Vary: Origin\r\n") && connection.passedBytes == "")
    }

    @Test(arguments: [0, 1, 15, 16, 30, 31, 32])
    func `a request beyond a small limit is refused as if all passed the parser`(limit: Int) throws {
        for path in [\ConnectionPolicy.targetBytes, \.fieldBytes, \.headerBytes, \.fieldCount] {
            var policy = ConnectionPolicy(node: "n1")
            policy[keyPath: path] = limit
            let answers = try [true, false].map {
                try HotConnection(policy, recognizes: $0).connection.send(Self.get)
            }
            #expect(answers[0] == answers[1] && !answers[0].isEmpty)
        }
    }

    // MARK: Reading

    @Test func `a client that sends ahead is not read from before its answer is there`() throws {
        let hot = try HotConnection()
        let connection = hot.connection
        hot.carts.answer(.onRelease)
        try connection.send(Self.get)
        connection.read()
        // Nothing waits yet.
        #expect(connection.readCount == 1)
        try connection.send(Self.get)
        connection.read()
        connection.read()
        #expect(connection.readCount == 1)
        hot.carts.release()
        #expect(connection.readCount == 2)
        connection.read()
        #expect(connection.readCount == 3)
    }

    @Test func `a client that sends ahead of the framework's answer is read from once it has it`() throws {
        var stream = TableResponder.Answer.stream("one")
        stream.isWhole = false
        let connection = try HotConnection(answers: ["/s": stream]).connection
        let begun = try connection.send(Connection.request("GET /s HTTP/1.1") + Self.get)
        #expect(statuses(begun) == ["200"])
        connection.read()
        #expect(connection.readCount == 0)
        connection.responder.end()
        #expect(statuses(try connection.answered()) == ["200"])
        #expect(connection.readCount == 1)
    }

    @Test func `a client that takes nothing is asked for nothing more`() throws {
        let hot = try HotConnection()
        let connection = hot.connection
        connection.become(writable: false)
        for _ in 0..<8 {
            try connection.send(String(repeating: Self.get, count: 8))
            connection.read()
        }
        #expect(hot.carts.asked.count == 1)
        #expect(connection.readCount == 0)
        connection.become(writable: true)
        #expect(statuses(try connection.answered()).count == 64)
        #expect(connection.readCount == 1)
        #expect(!connection.isClosed(after: .seconds(40)))
    }

    @Test func `a client that takes nothing is given up`() throws {
        let connection = try HotConnection().connection
        connection.become(writable: false)
        try connection.send(Self.get + Self.get)
        #expect(!connection.isClosed(after: .seconds(29)))
        #expect(connection.isClosed(after: .seconds(1)))
    }

    @Test(arguments: [get, other, get + other, other + get, get + "GET", post])
    func `a connection that waits keeps nothing of what was read into`(requests: String) throws {
        let connection = try HotConnection().connection
        var bytes = ByteBuffer(string: requests)
        bytes.reserveCapacity(65_536)
        let place = bytes.withUnsafeReadableBytes { $0.baseAddress }
        try connection.channel.writeInbound(bytes)
        // Written to in place where nobody else has it, and copied before that otherwise.
        bytes.setInteger(UInt8(0), at: bytes.readerIndex)
        #expect(bytes.withUnsafeReadableBytes { $0.baseAddress } == place)
    }

    // MARK: Ends

    @Test func `a body that is late is refused, also where its head waited for an answer before it`() throws {
        let hot = try HotConnection()
        let connection = hot.connection
        hot.carts.answer(.onRelease)
        try connection.send(Self.get + Self.post.dropLast())
        connection.pass(.seconds(20))
        hot.carts.release()
        #expect(statuses(try connection.answered()) == ["200"])
        connection.pass(.seconds(9))
        #expect(try connection.answered() == "")
        connection.pass(.seconds(1))
        #expect(statuses(try connection.answered()) == ["408"])
        #expect(connection.isClosed())
    }

    @Test func `what comes after the last answer is read and dropped`() throws {
        let hot = try HotConnection()
        let connection = hot.connection
        hot.carts.answer(.onRelease)
        try connection.send(Self.get)
        connection.drain()
        hot.carts.release()
        #expect(statuses(try connection.answered()) == ["200"])
        for count in 1...4 {
            #expect(try connection.send(Self.get + Self.get) == "")
            connection.read()
            #expect(connection.readCount == count)
        }
        #expect(hot.carts.asked.count == 1)
        #expect(connection.isClosed())
    }

    @Test func `a head that never comes to its end is refused when the client ends its side`() throws {
        let connection = try HotConnection().connection
        #expect(try connection.send(String(Self.get.dropLast(2))) == "")
        connection.endRequests()
        #expect(statuses(try connection.answered()) == ["400"])
        #expect(connection.responder.hasEnded)
    }

    @Test(arguments: [false, true])
    func `a head that never comes to its end is refused behind the answers before it`(rests: Bool) throws {
        let hot = try HotConnection()
        let connection = hot.connection
        let part = String(Self.get.dropLast(2))
        if rests {
            #expect(statuses(try connection.send(String(repeating: Self.get, count: 65) + part)).count == 64)
        } else {
            hot.carts.answer(.onRelease)
            try connection.send(Self.get + part)
        }
        connection.endRequests()
        #expect(!connection.responder.hasEnded)
        hot.carts.release()
        connection.pass(.milliseconds(1))
        let answers = statuses(try connection.answered())
        #expect(answers == ["200", "400"])
        #expect(connection.responder.hasEnded)
    }

    @Test func `a client that ends its side gets all answers before the framework learns of it`() throws {
        let hot = try HotConnection()
        let connection = hot.connection
        hot.carts.answer(.onRelease)
        try connection.send(Self.get + Self.other + Self.get)
        connection.endRequests()
        hot.carts.release()
        #expect(statuses(try connection.answered()) == ["200", "200"])
        #expect(!connection.responder.hasEnded)
        hot.carts.release()
        #expect(statuses(try connection.answered()) == ["200"])
        #expect(connection.responder.hasEnded)
    }

    @Test func `a drain that finds requests waiting for their turn ends the connection`() throws {
        let connection = try HotConnection().connection
        #expect(statuses(try connection.send(String(repeating: Self.get, count: 70))).count == 64)
        connection.drain()
        connection.pass(.milliseconds(1))
        #expect(connection.isClosed())
        #expect(try connection.answered() == "")
    }

    @Test func `a drain that finds an answer waiting for its client ends the connection with it`() throws {
        let connection = try HotConnection().connection
        connection.become(writable: false)
        try connection.send(Self.get + Self.get)
        connection.drain()
        #expect(try connection.answered() == "")
        connection.become(writable: true)
        let answer = try connection.answered()
        #expect(statuses(answer) == ["200"] && answer.contains("Connection: close\r\n"))
        #expect(connection.isClosed())
    }

    @Test func `a drain whose budget is spent cuts an answer that is owed`() throws {
        let hot = try HotConnection()
        let connection = hot.connection
        hot.carts.answer(.onRelease)
        try connection.send(Self.get)
        connection.drain()
        connection.channel.close(mode: .input, promise: nil)
        connection.channel.close(mode: .output, promise: nil)
        #expect(connection.isClosed(after: .zero))
        hot.carts.release()
        #expect(try connection.answered() == "")
    }

    @Test func `an answer that is too large a body's ends the connection`() throws {
        let connection = try HotConnection(bodyLimit: 10).connection
        let answer = try connection.send(Self.post + Self.get)
        #expect(statuses(answer) == ["413"] && answer.contains("Connection: close\r\n"))
        #expect(connection.isClosed())
    }

    @Test(arguments: [false, true])
    func `a closed connection leaves nothing behind`(isAsked: Bool) throws {
        weak var handler: RecognizedRequestHandler?
        weak var machine: ConnectionHandler?
        let carts: InMemoryCarts
        do {
            let hot = try HotConnection()
            carts = hot.carts
            carts.answer(isAsked ? .onRelease : .atOnce)
            let pipeline = hot.connection.channel.pipeline.syncOperations
            handler = try pipeline.handler(type: RecognizedRequestHandler.self)
            machine = try pipeline.handler(type: ConnectionHandler.self)
            try hot.connection.send(Self.get + Self.get)
            hot.connection.channel.close(promise: nil)
            #expect(hot.connection.isClosed())
        }
        // The cart's owner still knows whom to answer.
        carts.release()
        #expect(handler == nil && machine == nil)
    }
}
