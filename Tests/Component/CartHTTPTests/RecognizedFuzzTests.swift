import CartTesting
import Foundation
import NIOCore
import NIOEmbedded
import Testing

@testable import CartHTTP

/// Whatever bytes come, cut wherever and answered whenever: with a handler in front of the parser they are
/// answered as without it.
@Suite struct RecognizedFuzzTests {
    /// The same client before two servers.
    private struct Pair {
        let all: [HotConnection]

        init(_ policy: ConnectionPolicy) throws {
            var early = TableResponder.Answer.text("early")
            early.isEarly = true
            let answers: [String: TableResponder.Answer] = [
                "/a": .text("hello"), "/stream": .stream("one", "two"), "/early": early,
            ]
            all = try [true, false].map { try HotConnection(policy, answers: answers, recognizes: $0) }
        }

        func each(_ step: (HotConnection) throws -> Void) rethrows {
            for hot in all { try step(hot) }
        }

        /// Everything that one of them answers from now on, once it may answer.
        func settle(_ hot: HotConnection) throws -> String {
            hot.carts.answer(.atOnce)
            hot.connection.become(writable: true)
            var text = ""
            // The end of one answer may be the beginning of the next.
            while true {
                hot.carts.release()
                hot.connection.pass(.milliseconds(1))
                let more = try hot.connection.answered()
                if more.isEmpty { return text }
                text += more
            }
        }
    }

    private static let heads = [
        "GET /v1/carts/c", "GET /v1/carts/c", "HEAD /v1/carts/c", "GET /v1/carts/none", "GET /v1/carts/!",
        "DELETE /v1/carts/c/lines", "DELETE /v1/carts/c/lines/1", "PUT /v1/carts/d", "DELETE /v1/carts/d",
        "OPTIONS /v1/carts/c", "POST /v1/carts/c/lines", "POST /v1/carts/c/lines", "POST /v1/carts/c/actions",
        "PATCH /v1/carts/c/lines/1", "GET /a", "HEAD /a", "POST /a", "POST /early", "GET /early",
        "GET /stream", "GET /nowhere", "BREW /a", "GET http://x/v1/carts/c", "GET /v1/carts/c?q={}",
    ]
    private static let fields = [
        "If-Match: \"7\"", "If-Match: \"1\", \"2\"", "If-None-Match: *", "Idempotency-Key: k", "Accept: */*",
        "Content-Type: application/json", "Content-Type: text/plain", "Connection: keep-alive",
        "Connection: close", "Expect: 100-continue", "Origin: https://shop.example", "X-Empty:", "X: \u{7}",
        "Upgrade: h2c", "Content-Encoding: gzip", "Host: y",
    ]

    private static func request(_ generator: inout ValueGenerator) -> [UInt8] {
        func any<Element>(_ elements: [Element]) -> Element {
            elements[generator.number(0...elements.count - 1)]
        }
        var text = any(heads)
        text += generator.number(0...30) == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n"
        if generator.number(0...20) > 0 { text += "Host: x\r\n" }
        if generator.number(0...2) == 0 { text += any(fields) + "\r\n" }
        let body = any(["", "{", LaneTable.add(), LaneTable.actions, #"{"quantity":3}"#])
        let isPost = text.hasPrefix("P") || generator.number(0...20) == 0
        switch generator.number(0...9) {
        case _ where !isPost: text += "\r\n"
        case 0:
            text += "Transfer-Encoding: chunked\r\n\r\n"
            if !body.isEmpty { text += String(body.utf8.count, radix: 16) + "\r\n" + body + "\r\n" }
            text += "0\r\n\r\n"
        case 1...3: text += "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        case _:
            text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
        var bytes = Array(text.utf8)
        guard generator.number(0...15) == 0 else { return bytes }
        let place = generator.number(0...bytes.count - 1)
        switch generator.number(0...3) {
        case 0: bytes.remove(at: place)
        case 1: bytes[place] = UInt8(generator.number(0...255))
        case 2: bytes.insert(contentsOf: Array("\r\n".utf8), at: place)
        case _: bytes.removeLast(place)
        }
        return bytes
    }

    /// Draws a conversation, and has it with both.
    ///
    /// - Returns: true if it is one that the handler in front had a part in.
    private static func converse(_ seed: UInt64) throws -> Bool {
        var generator = ValueGenerator(seed: seed)
        var policy = ConnectionPolicy(node: "n1")
        if generator.flip() { policy.cors = CORSPolicy(origins: ["https://shop.example"]) }
        let pair = try Pair(policy)
        var rest: [UInt8] = []
        for _ in 0...generator.number(0...12) { rest += request(&generator) }
        let sent = rest.count
        var log = ""
        var answers = ["", ""]
        func settle() throws {
            for (number, hot) in pair.all.enumerated() { answers[number] += try pair.settle(hot) }
        }
        while !rest.isEmpty {
            let part = rest.prefix(generator.number(1...(generator.flip() ? 20 : 400)))
            rest.removeFirst(part.count)
            log += String(decoding: part, as: UTF8.self).debugDescription + "\n"
            pair.each { _ = try? $0.connection.channel.writeInbound(ByteBuffer(bytes: part)) }
            let event = generator.number(0...20)
            log += "event \(event)\n"
            switch event {
            case 0, 1: pair.each { $0.carts.answer(.onRelease) }
            case 2: pair.each { $0.carts.answer(.atOnce) }
            case 3, 4: pair.each { $0.carts.release() }
            case 5: pair.each { $0.connection.become(writable: false) }
            case 6: pair.each { $0.connection.become(writable: true) }
            case 7: try settle()
            case 8 where generator.number(0...5) == 0: pair.each { $0.connection.drain() }
            case _: pair.each { $0.connection.pass(.milliseconds(1)) }
            }
        }
        if generator.flip() {
            log += "end\n"
            pair.each { $0.connection.socket.endInput() }
        }
        try settle()
        let ended = pair.all.map(\.connection.hasEndedOutput)
        let asked = pair.all.map { $0.carts.asked.map(\.command) }
        let requests = pair.all.map(\.connection.responder.requests)
        if answers[0] != answers[1] || ended[0] != ended[1] || asked[0] != asked[1]
            || requests[0] != requests[1]
        {
            Issue.record(
                """
                seed \(seed)
                \(log)===== with the handler, ended: \(ended[0]), asked: \(asked[0].count)
                \(answers[0])
                ===== without, ended: \(ended[1]), asked: \(asked[1].count)
                \(answers[1])
                """
            )
        }
        return pair.all[0].connection.passedBytes.utf8.count < sent
    }

    @Test func `whatever comes is answered as without the handler`() throws {
        let wish = ProcessInfo.processInfo.environment["CART_FUZZ_SEED"].flatMap { UInt64($0) }
        let seed = wish ?? UInt64.random(in: 1 ... .max)
        let time = ProcessInfo.processInfo.environment["CART_FUZZ_SECONDS"].flatMap { Int($0) } ?? 2
        print("fuzzing connections: CART_FUZZ_SEED=\(seed)")
        let end = ContinuousClock.now + .seconds(time)
        var (number, taken): (UInt64, Int) = (0, 0)
        while ContinuousClock.now < end {
            if try Self.converse(seed &+ number) { taken += 1 }
            number += 1
        }
        print("fuzzing connections: \(number) conversations, \(taken) of them not all through the parser")
        #expect(taken > 10)
    }
}
