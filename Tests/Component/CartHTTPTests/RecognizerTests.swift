import CartTesting
import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import CartHTTP

/// Where the recognizer finds a request, NIO's parser finds the same.
@Suite struct RecognizerTests {
    /// A request as one of the two found it.
    private struct Found: Equatable {
        var method = ""
        var target = ""
        var version = ""
        var fields: [[String]] = []
        var body: [UInt8] = []
    }

    private static func recognize(_ bytes: [UInt8]) -> (finding: RequestRecognizer.Finding, found: Found?) {
        var recognizer = RequestRecognizer(byteLimit: 1_024, fieldLimit: 16)
        return bytes.withUnsafeBytes { bytes in
            let finding = recognizer.find(in: bytes)
            guard case .head(let head) = finding, bytes.count >= head.count + head.bodyCount else {
                return (finding, nil)
            }
            func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
            return (
                finding,
                Found(
                    method: head.method.rawValue,
                    target: text(head.target),
                    version: "HTTP/1.1",
                    fields: recognizer.fields.map { [text($0.name), text($0.value)] },
                    body: Array(bytes[head.count..<head.count + head.bodyCount])
                )
            )
        }
    }

    /// What NIO's parser finds in bytes that are just one request; nil if they are not.
    private static func parse(_ bytes: [UInt8]) -> Found? {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder()))
        guard (try? channel.writeInbound(ByteBuffer(bytes: bytes))) != nil else { return nil }
        var found = Found()
        var (heads, ends) = (0, 0)
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head):
                heads += 1
                found.method = head.method.rawValue
                found.target = head.uri
                found.version = "HTTP/\(head.version.major).\(head.version.minor)"
                found.fields = head.headers.map { [$0.name, $0.value] }
                // The shape has none that ends the connection.
                guard head.isKeepAlive else { return nil }
            case .body(let part): found.body += Array(buffer: part)
            case .end: ends += 1
            }
        }
        return heads == 1 && ends == 1 ? found : nil
    }

    private static let good = [
        "GET /v1/carts/c HTTP/1.1\r\nHost: x\r\n\r\n",
        "HEAD /v1/carts/c?a=b&c=%20 HTTP/1.1\r\nhost:x\r\nAccept: */*\r\nConnection: Keep-Alive\r\n\r\n",
        "POST /v1/carts/c/lines HTTP/1.1\r\nHost: a.b:80\r\nContent-Type: application/json\r\ncontent-length: 5\r\n\r\nhello",
        "PUT /v1/carts/c HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nIf-Match: \"1\", \"2\"\r\n\r\n",
        "PATCH /v1/carts/c/lines/1 HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nX-Two: a  b\r\nContent-Length: 2\r\n\r\n{}",
        "DELETE /v1/carts/c/lines/1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "OPTIONS / HTTP/1.1\r\nHost: x\r\nOrigin: y\r\n\r\n",
    ]

    @Test(arguments: good)
    func `it finds what nearly all clients send`(text: String) throws {
        let bytes = Array(text.utf8)
        let found = try #require(Self.recognize(bytes).found)
        #expect(found == Self.parse(bytes))
    }

    @Test(arguments: good)
    func `before a head is complete it says nothing`(text: String) throws {
        let bytes = Array(text.utf8)
        guard case .head(let head) = Self.recognize(bytes).finding else {
            Issue.record("not recognized")
            return
        }
        for count in 0..<head.count {
            #expect(Self.recognize(Array(bytes.prefix(count))).finding == .incomplete)
        }
    }

    @Test(arguments: [
        "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "get / HTTP/1.1\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n",
        "GET http://x/ HTTP/1.1\r\n\r\n", "GET /\u{e4} HTTP/1.1\r\n\r\n", "GET /# HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\nHost: x\n\n", "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x \r\n\r\n", "GET / HTTP/1.1\r\nA: x\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nA: \u{e4}\r\n\r\n", "GET / HTTP/1.1\r\n: x\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\tc\r\n\r\n", "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na", "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\na",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\na",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nConnection: keep-alive, upgrade\r\n\r\n",
        "GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n", "GET / HTTP/1.1\r\nProxy-Connection: close\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "CONNECT x:1 HTTP/1.1\r\n\r\n",
        "GET /" + String(repeating: "a", count: 1_024) + " HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 17) + "\r\n",
    ])
    func `it leaves all other shapes to the parser`(text: String) {
        #expect(Self.recognize(Array(text.utf8)).finding == .other)
    }

    /// Bytes of the parts that decide how a request is read.
    private static let tokens =
        [
            "\r", "\n", "\r\n", "\r\n\r\n", " ", "\t", ":", ",", "/", "\0", "\u{7f}", "\u{e4}", "0", "1", "5",
            "-", "+",
            "HTTP/1.1", "HTTP/1.0", "Host: x\r\n", "Content-Length: 3\r\n", "Content-Length:",
            "Transfer-Encoding: chunked\r\n",
            "Connection: close\r\n", "Connection: keep-alive\r\n", "Upgrade: x\r\n",
            "Expect: 100-continue\r\n", "GET ", "POST ",
            "%", "?", "#", "\"", "\\", "{", "chunked", "close", "A: b\r\n", " b", ";",
        ].map { Array($0.utf8) }

    @Test func `whatever it finds, the parser finds`() {
        let wish = ProcessInfo.processInfo.environment["CART_FUZZ_SEED"].flatMap { UInt64($0) }
        let seed = wish ?? UInt64.random(in: 1 ... .max)
        print("fuzzing the recognizer: CART_FUZZ_SEED=\(seed)")
        var generator = ValueGenerator(seed: seed)
        let end = ContinuousClock.now + .seconds(2)
        var (tried, found) = (0, 0)
        while ContinuousClock.now < end {
            tried += 1
            var bytes = Array(Self.good[generator.number(0...Self.good.count - 1)].utf8)
            for _ in 0...generator.number(0...3) {
                let place = generator.number(0...bytes.count)
                switch generator.number(0...3) {
                case 0:
                    bytes.insert(
                        contentsOf: Self.tokens[generator.number(0...Self.tokens.count - 1)],
                        at: place
                    )
                case 1: bytes.insert(UInt8(generator.number(0...255)), at: place)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + generator.number(0...4)))
                case _: if place < bytes.count { bytes[place] = UInt8(generator.number(0...255)) }
                }
            }
            guard let request = Self.recognize(bytes).found,
                case .head(let head) = Self.recognize(bytes).finding
            else { continue }
            found += 1
            let whole = Array(bytes.prefix(head.count + head.bodyCount))
            let parsed = Self.parse(whole)
            if parsed != request {
                let text = String(decoding: whole, as: UTF8.self).debugDescription
                Issue.record("seed \(seed): \(text)\n\(request)\n\(String(describing: parsed))")
                return
            }
        }
        print("fuzzing the recognizer: \(tried) tried, \(found) found")
        #expect(found > 100)
    }
}
