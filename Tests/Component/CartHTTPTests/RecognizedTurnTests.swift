import CartTesting
import NIOCore
import NIOEmbedded
import Testing

@testable import CartHTTP

/// How much of a turn of the loop a connection takes whose requests do not pass the parser, and when it writes.
@Suite struct RecognizedTurnTests {
    private typealias Connection = TestConnection

    private static let get = Connection.request("GET /v1/carts/c HTTP/1.1")

    private static let post =
        Connection.request(
            "POST /v1/carts/c/lines HTTP/1.1",
            "Host: x",
            "Content-Type: application/json",
            "Content-Length: \(apple.utf8.count)"
        ) + apple

    private func statuses(_ answer: String) -> [String] { HotConnection.statuses(answer) }

    @Test func `the end of a rest brings what came meanwhile, and the next read`() throws {
        let connection = try HotConnection().connection
        #expect(statuses(try connection.send(String(repeating: Self.get, count: 65))).count == 64)
        connection.read()
        #expect(try connection.send(Self.get) == "")
        #expect(connection.readCount == 0)
        connection.pass(.milliseconds(1))
        #expect(statuses(try connection.answered()).count == 2)
        #expect(connection.readCount == 1)
        #expect(statuses(try connection.send(Self.get)) == ["200"])
    }

    @Test(arguments: [false, true])
    func `answers that fill the buffer are no reason to exceed a turn`(startsLate: Bool) throws {
        let hot = try HotConnection()
        let connection = hot.connection
        let buffer = NarrowBuffer(limit: 2_000) { [unowned connection] in connection.become(writable: $0) }
        try connection.channel.pipeline.syncOperations.addHandler(buffer, position: .first)
        if startsLate { hot.carts.answer(.onRelease) }
        var turns = [statuses(try connection.send(String(repeating: Self.get, count: 1_000))).count]
        hot.carts.answer(.atOnce)
        hot.carts.release()
        if startsLate { turns.append(statuses(try connection.answered()).count) }
        while let last = turns.last, last > 0 {
            connection.pass(.milliseconds(1))
            turns.append(statuses(try connection.answered()).count)
        }
        #expect(turns.max() == 64)
        #expect(turns.reduce(0, +) == 1_000)
    }

    @Test func `answers by both lanes are no reason to exceed a turn`() throws {
        let hot = try HotConnection()
        let connection = hot.connection
        hot.carts.answer(.onRelease)
        // Passes the parser, whose side answers it later.
        let head = String(Self.post.dropLast(apple.count))
        try connection.send(head)
        let long = Connection.request("GET /v1/carts/c HTTP/1.1", "Host: x", "Expect: 100-continue")
        let some = String(repeating: Self.get, count: 9) + long
        try connection.send(apple + String(repeating: some, count: 100))
        hot.carts.answer(.atOnce)
        hot.carts.release()
        var turns = [statuses(try connection.answered()).count]
        while let last = turns.last, last > 0 {
            connection.pass(.milliseconds(1))
            turns.append(statuses(try connection.answered()).count)
        }
        #expect(turns.max() == 64)
        #expect(turns.reduce(0, +) == 1_001)
    }

    @Test func `requests that came together in several pieces are answered together`() throws {
        let connection = try HotConnection().connection
        let pipeline = connection.channel.pipeline
        for request in [Self.get + "GET", String(Self.get.dropFirst(3)), Self.get] {
            pipeline.fireChannelRead(ByteBuffer(string: request))
        }
        #expect(connection.flushCount == 0)
        pipeline.fireChannelReadComplete()
        #expect(connection.flushCount == 1)
        #expect(statuses(try connection.answered()).count == 3)
    }
}
