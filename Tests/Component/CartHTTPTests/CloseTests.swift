import NIOCore
import NIOHTTP1
import Testing

@testable import CartHTTP

/// Connections that end while answers are under way: no close overtakes an answer.
@Suite struct CloseTests {
    private typealias Connection = TestConnection

    private static let get = Connection.request("GET /a HTTP/1.1")
    private static let long = String(repeating: "a", count: 10_000)

    /// A connection whose client has not taken anything of the answer to its request.
    ///
    /// - Parameter announced: the length of a body that the request announces and does not have.
    private func unread(
        _ method: HTTPMethod = .GET,
        announced: Int = 0,
        answer: TableResponder.Answer = .text(Self.long)
    ) throws -> Connection {
        var answer = answer
        answer.isEarly = announced > 0
        let connection = try Connection(answers: ["/a": answer])
        connection.socket.stick()
        let line = "\(method.rawValue) /a HTTP/1.1"
        try connection.send(Connection.request(line, "Host: x", "Content-Length: \(announced)"))
        return connection
    }

    /// Expects that the whole answer leaves however late the client takes it, and that the connection ends then.
    private func expectEnd(
        of connection: Connection,
        after time: TimeAmount = .seconds(4),
        with end: String = long
    ) throws {
        #expect(!connection.isClosed(after: time))
        #expect(!connection.hasEndedOutput)
        connection.socket.release()
        let answer = try connection.answered()
        #expect(answer.hasPrefix("HTTP/1.1 ") && answer.hasSuffix(end), "\(answer.prefix(300))")
        #expect(connection.hasEndedOutput)
        #expect(!connection.isClosed(after: .milliseconds(1_900)))
        #expect(connection.isClosed(after: .milliseconds(100)))
    }

    // MARK: Late bodies

    @Test func `a body that comes too late does not cut the answer that came before it`() throws {
        try expectEnd(of: try unread(.POST, announced: 20), after: .seconds(20))
    }

    @Test(arguments: [(HTTPMethod.HEAD, HTTPResponseStatus.ok), (.GET, .noContent), (.GET, .notModified)])
    func `a body that comes too late does not cut an answer without a body, which may still be at work`(
        method: HTTPMethod,
        status: HTTPResponseStatus
    ) throws {
        let answer = TableResponder.Answer(status: status, headers: [:], parts: ["x"], isWhole: false)
        let connection = try unread(method, announced: 20, answer: answer)
        try expectEnd(of: connection, after: .seconds(20), with: "\r\n\r\n")
    }

    @Test func `what was written of a stream leaves before a late body ends it`() throws {
        var stream = TableResponder.Answer.stream("one")
        stream.isWhole = false
        let connection = try unread(.POST, announced: 20, answer: stream)
        try expectEnd(of: connection, after: .seconds(20), with: "3\r\none\r\n")
    }

    // MARK: Drains

    @Test func `a drain closes an idle connection at once`() throws {
        let connection = try Connection()
        try connection.send(Self.get)
        connection.drain()
        #expect(connection.isClosed(after: .zero))
    }

    @Test
    func `a drain waits until the last answer has left, and no longer than five seconds for the client`()
        throws
    {
        let slow = try unread()
        slow.drain()
        try expectEnd(of: slow)
        let stuck = try unread()
        stuck.drain()
        #expect(!stuck.isClosed(after: .milliseconds(4_900)))
        #expect(stuck.isClosed(after: .milliseconds(100)))
    }

    @Test func `a drain lets a body arrive whose request is answered`() throws {
        let connection = try unread(.POST, announced: 20)
        connection.drain()
        connection.pass(.seconds(2))
        #expect(try connection.send(String(repeating: "a", count: 20)) == "")
        try expectEnd(of: connection)
    }

    @Test func `requests behind the one that a drain finds are not answered, and do not cost its answer`()
        throws
    {
        let connection = try Connection()
        try connection.send(Connection.request("POST /a HTTP/1.1", "Host: x", "Content-Length: 1"))
        connection.drain()
        connection.socket.stick()
        try connection.send("a" + Self.get + Self.get)
        try expectEnd(of: connection, with: "hello")
        #expect(connection.responder.requests == ["POST /a 1"])
    }

    // MARK: The framework

    @Test func `a connection that was silent for too long ends after its last answer`() throws {
        let connection = try unread()
        connection.channel.close(promise: nil)
        try expectEnd(of: connection)
    }

    @Test func `a connection without anything to send is closed when the framework is done with it`() throws {
        let connection = try Connection()
        try connection.send(Self.get)
        let closed = connection.channel.close()
        #expect(connection.isClosed(after: .zero))
        try closed.wait()
    }

    @Test(arguments: ["keep-alive", "close"])
    func `a client that has ended its side gets the whole answer`(connectionField: String) throws {
        let connection = try Connection(answers: ["/a": .text(Self.long)])
        connection.socket.stick()
        let field = "Connection: \(connectionField)"
        try connection.send(Connection.request("GET /a HTTP/1.1", "Host: x", field))
        connection.socket.endInput()
        // No request can follow, and the framework ends its side.
        connection.channel.close(mode: .output, promise: nil)
        #expect(!connection.isClosed(after: .seconds(20)))
        connection.socket.release()
        #expect(try connection.answered().hasSuffix(Self.long))
        #expect(connection.isClosed(after: .zero))
    }

    @Test func `a responder that fails within its answer does not cost the one before`() throws {
        var broken = TableResponder.Answer.stream("one")
        broken.isWhole = false
        let connection = try Connection(answers: ["/a": .text(Self.long), "/broken": broken])
        connection.socket.stick()
        try connection.send(Self.get + Connection.request("GET /broken HTTP/1.1"))
        connection.channel.close(mode: .output, promise: nil)
        connection.channel.close(promise: nil)
        try expectEnd(of: connection, with: "3\r\none\r\n")
    }

    @Test func `a framework that is cancelled waits for nobody`() throws {
        let unread = try unread()
        unread.channel.close(mode: .input, promise: nil)
        #expect(unread.isClosed(after: .zero))

        let ending = try self.unread()
        ending.drain()
        ending.channel.close(mode: .input, promise: nil)
        #expect(ending.isClosed(after: .zero))

        var stream = TableResponder.Answer.stream("one")
        stream.isWhole = false
        let owed = try self.unread(answer: stream)
        owed.channel.close(mode: .input, promise: nil)
        #expect(!owed.isClosed(after: .zero))
        owed.channel.close(mode: .output, promise: nil)
        #expect(owed.isClosed(after: .zero))
    }

    // MARK: The machine

    private enum Situation: CaseIterable {
        case idle, awaitingBody, owed, begun, ending, over
    }

    private func machine(_ situation: Situation) -> ConnectionMachine {
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/a", headers: ["Host": "x"])
        var machine = ConnectionMachine(ConnectionPolicy(node: "n1"))
        if situation == .idle { return machine }
        _ = machine.received(head)
        if situation == .owed { return machine }
        _ = machine.responds(HTTPResponseHead(version: .http1_1, status: .ok))
        if situation == .begun { return machine }
        _ = machine.ended()
        if situation == .awaitingBody { return machine }
        _ = machine.close(hasUnsent: true)
        if situation == .ending { return machine }
        machine.sentLastAnswer()
        return machine
    }

    @Test(arguments: [false, true])
    func `each state has an answer to each wish to end the connection`(hasUnsent: Bool) {
        let whenIdle = hasUnsent ? ConnectionMachine.CloseAction.end : .close
        for situation in Situation.allCases {
            var (drained, closed, cancelled) = (machine(situation), machine(situation), machine(situation))
            let actions = (
                drained.drain(hasUnsent: hasUnsent), closed.close(hasUnsent: hasUnsent), cancelled.cancel()
            )
            let expected: (ConnectionMachine.CloseAction, ConnectionMachine.CloseAction)
            switch situation {
            case .idle: expected = (whenIdle, whenIdle)
            case .awaitingBody, .owed, .begun: expected = (.none, .end)
            case .ending, .over: expected = (.none, .none)
            }
            #expect((actions.0, actions.1) == expected, "\(situation)")
            let isOwed = situation == .owed || situation == .begun
            #expect(actions.2 == (isOwed ? .none : .close), "\(situation)")
            // Nobody waits for a cancelled framework's answers.
            #expect(cancelled.close(hasUnsent: hasUnsent) == .close, "\(situation)")
            // A connection that is ending is not ended again.
            #expect(closed.close(hasUnsent: hasUnsent) == .none, "\(situation)")
            #expect(closed.ended() == .drop && !closed.writesBody, "\(situation)")
        }
    }
}
