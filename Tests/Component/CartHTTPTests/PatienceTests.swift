import NIOCore
import NIOHTTP1
import Testing

@testable import CartHTTP

/// Clients that do not send what they announced, or do not take what they asked for.
@Suite struct PatienceTests {
    private typealias Connection = TestConnection

    private static let announced = Connection.request("POST /a HTTP/1.1", "Host: x", "Content-Length: 20")

    private func expectTimeout(_ answer: String, after time: String) {
        #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(answer)")
        #expect(answer.contains("urn:cart-node:problem:request-timeout"))
        #expect(answer.contains("within \(time)"), "\(answer)")
        #expect(answer.contains("Connection: close\r\n"))
    }

    @Test(arguments: [0, 1])
    func `a body that stalls or trickles is refused ten seconds after its head, and the connection ends`(
        bytesEachSecond: Int
    ) throws {
        let connection = try Connection()
        try connection.send(Self.announced)
        for _ in 0..<9 {
            #expect(try connection.send(String(repeating: "a", count: bytesEachSecond)) == "")
            connection.pass(.seconds(1))
        }
        #expect(try connection.answered() == "")
        connection.pass(.seconds(1))
        expectTimeout(try connection.answered(), after: "10s")
        #expect(connection.responder.requests == ["POST /a"])
        #expect(connection.isClosed())
    }

    @Test func `a body that comes in time leaves nothing behind, and the next one has its own time`() throws {
        let connection = try Connection()
        for _ in 0..<3 {
            try connection.send(Self.announced)
            connection.pass(.seconds(8))
            #expect(try connection.send(String(repeating: "a", count: 20)).hasSuffix("hello"))
        }
        #expect(!connection.isClosed(after: .seconds(60)))
    }

    @Test func `a client whose answer came before the end of its body is not answered twice`() throws {
        var early = TableResponder.Answer.text("early")
        early.isEarly = true
        let connection = try Connection(answers: ["/a": early])
        #expect(try connection.send(Self.announced).hasSuffix("early"))
        #expect(!connection.isClosed(after: .seconds(9)))
        #expect(connection.isClosed(after: .seconds(4)))
        #expect(try connection.answered() == "")
    }

    @Test func `a stream whose request never ends is cut off`() throws {
        var stream = TableResponder.Answer.stream("one")
        (stream.isEarly, stream.isWhole) = (true, false)
        let connection = try Connection(answers: ["/a": stream])
        #expect(try connection.send(Self.announced).hasSuffix("one\r\n"))
        connection.pass(.seconds(9))
        #expect(!connection.hasEndedOutput)
        connection.pass(.seconds(1))
        #expect(connection.hasEndedOutput)
        #expect(connection.isClosed())
    }

    @Test func `a drain waits three seconds for a body`() throws {
        let connection = try Connection()
        try connection.send(Self.announced)
        connection.pass(.seconds(1))
        connection.drain()
        connection.pass(.milliseconds(2_900))
        #expect(try connection.answered() == "")
        connection.pass(.milliseconds(100))
        expectTimeout(try connection.answered(), after: "3s")
        #expect(connection.isClosed())
    }

    @Test func `a body that comes during a drain is served, and the connection ends with the answer`() throws
    {
        let connection = try Connection()
        try connection.send(Self.announced)
        connection.drain()
        connection.pass(.seconds(2))
        let answer = try connection.send(String(repeating: "a", count: 20))
        #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("hello"))
        #expect(answer.lowercased().contains("connection: close\r\n"))
        #expect(connection.isClosed())
    }

    /// A connection on which an answer is under way, and nothing can be written.
    private func stalled() throws -> Connection {
        var stream = TableResponder.Answer.stream("one")
        stream.isWhole = false
        let connection = try Connection(answers: ["/s": stream])
        try connection.send(Connection.request("GET /s HTTP/1.1"))
        connection.become(writable: false)
        return connection
    }

    @Test func `a client that does not read for thirty seconds is closed`() throws {
        let connection = try stalled()
        #expect(!connection.isClosed(after: .seconds(29)))
        #expect(connection.isClosed(after: .seconds(1)))
    }

    @Test func `a client that empties the buffer slowly is not closed`() throws {
        let connection = try stalled()
        for _ in 0..<5 {
            #expect(!connection.isClosed(after: .seconds(29)))
            connection.become(writable: true)
            connection.become(writable: false)
        }
        connection.become(writable: true)
        #expect(!connection.isClosed(after: .seconds(3_600)))
    }

    @Test func `a client that takes a long answer little by little is closed when it takes too little`()
        throws
    {
        let connection = try stalled()
        for _ in 0..<10 {
            connection.socket.takenBytes += 32 * 1024
            #expect(!connection.isClosed(after: .seconds(30)))
        }
        connection.socket.takenBytes += 32 * 1024 - 1
        #expect(!connection.isClosed(after: .seconds(29)))
        #expect(connection.isClosed(after: .seconds(1)))
    }

    @Test func `the rest of the last answer may be taken little by little, too`() throws {
        let connection = try Connection()
        connection.socket.stick()
        try connection.send(Connection.request("GET /a HTTP/1.1", "Host: x", "Connection: close"))
        for _ in 0..<10 {
            connection.socket.takenBytes += 32 * 1024
            #expect(!connection.isClosed(after: .seconds(30)))
        }
        #expect(connection.isClosed(after: .seconds(30)))
        #expect(try connection.answered() == "")
    }

    @Test func `a drain waits five seconds for a client that does not read`() throws {
        let connection = try stalled()
        connection.pass(.seconds(10))
        connection.drain()
        #expect(!connection.isClosed(after: .milliseconds(4_900)))
        #expect(connection.isClosed(after: .milliseconds(100)))
    }

    @Test func `a drain does not wait longer for a client that reads steadily`() throws {
        let connection = try stalled()
        connection.drain()
        connection.socket.takenBytes += 1024 * 1024
        #expect(!connection.isClosed(after: .milliseconds(4_900)))
        #expect(connection.isClosed(after: .milliseconds(100)))
    }

    @Test func `a stream that a drain finds open has no bound while it is read`() throws {
        let connection = try stalled()
        connection.become(writable: true)
        connection.drain()
        #expect(!connection.isClosed(after: .seconds(3_600)))
    }

    // MARK: The machine

    private static let policy = ConnectionPolicy(node: "n1")
    private static let post = HTTPRequestHead(
        version: .http1_1,
        method: .POST,
        uri: "/a",
        headers: ["Host": "x", "Content-Length": "20"]
    )
    private static let ok = HTTPResponseHead(
        version: .http1_1,
        status: .ok,
        headers: ["Content-Type": "text/plain", "Content-Length": "0"]
    )

    /// The machine of a connection on which a request's head came.
    private var asked: ConnectionMachine {
        var machine = ConnectionMachine(Self.policy)
        _ = machine.received(Self.post)
        return machine
    }

    @Test func `a responder that needs no body still says what it did, whatever became of the body`() {
        var machine = asked
        #expect(machine.bodyIsLate() == .fail)
        #expect(!machine.passesBody)
        guard case .write(let head) = machine.responds(Self.ok) else {
            Issue.record("the answer was replaced")
            return
        }
        #expect(head.status == .ok && head.headers["Connection"] == ["close"])
        #expect(machine.ended() == .writeAndClose)
    }

    @Test func `time runs only while a body is owed, and is shorter in a drain`() {
        var machine = ConnectionMachine(Self.policy)
        #expect(machine.bodyPatience == nil && machine.bodyIsLate() == .none)
        _ = machine.received(Self.post)
        #expect(machine.bodyPatience == .seconds(10))
        #expect(machine.drain(hasUnsent: false) == .none)
        #expect(machine.bodyPatience == .seconds(3))
        #expect(machine.receivedEnd() == .none)
        #expect(machine.bodyPatience == nil && machine.bodyIsLate() == .none)
    }

    @Test func `the last answer is waited for until it has left`() {
        var machine = asked
        #expect(machine.receivedEnd() == .none)
        #expect(machine.stallPatience == nil)
        machine.isWritable = false
        #expect(machine.stallPatience == .seconds(30))
        machine.isWritable = true
        #expect(machine.drain(hasUnsent: true) == .none)
        #expect(machine.stallPatience == nil)
        _ = machine.responds(Self.ok)
        #expect(machine.ended() == .writeAndClose)
        #expect(machine.stallPatience == .seconds(5))
        machine.sentLastAnswer()
        #expect(machine.stallPatience == nil && machine.bodyPatience == nil)
    }
}
