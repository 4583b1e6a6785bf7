import SeededRandom
import Testing

@testable import RedisClient

@Suite struct ReplyReaderTests {
    static let shapes: [(wire: String, value: RedisValue)] = [
        ("+OK\r\n", .simple("OK")),
        ("+\r\n", .simple("")),
        ("+a\0b\rc\r\n", .simple("a\0b\rc")),
        (
            "-NOSCRIPT No matching script.\r\n",
            .error(.init(code: "NOSCRIPT", message: "No matching script."))
        ),
        ("-no code here\r\n", .error(.init(code: "ERR", message: "no code here"))),
        (":0\r\n", .integer(0)),
        (":-1\r\n", .integer(-1)),
        (":9223372036854775807\r\n", .integer(.max)),
        (":-9223372036854775808\r\n", .integer(.min)),
        ("$-1\r\n", .null),
        ("$0\r\n\r\n", .bulk([])),
        ("$7\r\na\0\r\nb\r\n\r\n", .bulk(Array("a\0\r\nb\r\n".utf8))),
        ("*-1\r\n", .null),
        ("*0\r\n", .array([])),
        ("*3\r\n:1\r\n$-1\r\n*-1\r\n", .array([.integer(1), .null, .null])),
        (
            "*4\r\n*2\r\n+a\r\n*0\r\n*1\r\n-ERR x\r\n$1\r\nz\r\n*0\r\n",
            .array([
                .array([.simple("a"), .array([])]), .array([.error(.init(code: "ERR", message: "x"))]),
                .bulk([122]), .array([]),
            ])
        ),
        (
            String(repeating: "*1\r\n", count: 8) + ":5\r\n",
            (0..<8).reduce(RedisValue.integer(5)) { inner, _ in .array([inner]) }
        ),
    ]

    @Test func `every shape reads the same wherever it is cut in two or three`() {
        for shape in Self.shapes {
            let wire = Array(shape.wire.utf8)
            for first in 0...wire.count {
                for second in first...wire.count {
                    let reading = ReadResult(of: [wire[..<first], wire[first..<second], wire[second...]])
                    #expect(
                        reading == ReadResult(replies: [shape.value]),
                        "\(shape.wire) at \(first), \(second)"
                    )
                }
            }
        }
    }

    @Test func `every shape reads the same byte by byte, and is not there before its last byte`() throws {
        for shape in Self.shapes {
            let reader = ReplyReader(byteLimit: 1 << 20)
            var replies: [RedisValue] = []
            for (place, byte) in shape.wire.utf8.enumerated() {
                try reader.feed([byte]) { replies.append($0) }
                let isLast = place == shape.wire.utf8.count - 1
                #expect(replies.isEmpty != isLast)
                #expect(reader.isMidReply != isLast)
            }
            #expect(replies == [shape.value])
        }
    }

    @Test func `replies that come together are read in their order, wherever they are cut`() {
        let wire = Array(Self.shapes.map(\.wire).joined().utf8)
        let values = Self.shapes.map(\.value)
        for cut in 0...wire.count {
            #expect(ReadResult(of: [wire[..<cut], wire[cut...]]) == ReadResult(replies: values))
        }
    }

    @Test func `thousands of replies in one read are all read`() {
        let wire = Array(
            String(repeating: ":1\r\n$2000\r\n\(String(repeating: "x", count: 2000))\r\n", count: 1000).utf8
        )
        #expect(ReadResult(of: [wire[...]]).replies.count == 2000)
    }

    @Test(arguments: [
        "$-2\r\n", "$-9223372036854775808\r\n", "$99999999999999999999\r\n", "$1x\r\n", "$\r\n", "$ 1\r\n",
        "*-2\r\n", "*2147483648\r\n", "*99999999999999999999\r\n", "*x\r\n", "*\r\n",
        ":\r\n", ":1.5\r\n", ":9223372036854775808\r\n", ":--1\r\n",
        "OK\r\n", "\r\n", "\0", "%1\r\n", "_\r\n", "HTTP/1.1 200 OK\r\n", "*1\r\nx",
        "$1\r\nabc", "*1\r\n$1\r\na\r\r", String(repeating: "*1\r\n", count: 9) + ":1\r\n",
    ])
    func `what is no reply is a violation`(wire: String) {
        let reading = ReadResult(of: [Array(wire.utf8)[...]])
        #expect(reading.replies.isEmpty)
        #expect(reading.violation != nil)
        #expect(ReadResult(of: Array(wire.utf8).prefix(64).map { [$0] }).replies.isEmpty)
    }

    /// Not an argument of the test before, because arguments are printed.
    @Test func `depth without end is a violation`() {
        let wire = Array(String(repeating: "*1\r\n", count: 100_000).utf8)
        let reading = ReadResult(of: [wire[...]])
        #expect(reading.replies.isEmpty)
        #expect(reading.violation != nil)
    }

    @Test func `a claimed size costs nothing until the bytes are there`() {
        for wire in ["$9223372036854775807\r\nab", "*2147483647\r\n:1\r\n", "*2147483647\r\n*2147483647\r\n"]
        {
            #expect(ReadResult(of: [Array(wire.utf8)[...]]) == ReadResult(replies: []))
        }
    }

    @Test func `a text larger than the limit is a violation as soon as it is`() {
        let limit = 10_000
        let text = Array("$20000\r\n".utf8) + Array(repeating: 0, count: 10_001)
        let line = Array("+".utf8) + Array(repeating: 65, count: 10_001)
        for wire in [text, line] {
            #expect(ReadResult(of: [wire[...]], limit: limit).violation?.contains("larger") == true)
        }
        let fits = Array("$9000\r\n".utf8) + Array(repeating: 0, count: 9000) + Array("\r\n".utf8)
        #expect(ReadResult(of: [(fits + fits + fits)[...]], limit: limit).replies.count == 3)
    }

    @Test func `a reply larger than the limit is dropped, and the one after it is read`() {
        let part = String(repeating: "$500\r\n" + String(repeating: "x", count: 500) + "\r\n", count: 40)
        for elements in [
            "*1000\r\n" + String(repeating: ":1\r\n", count: 1_000),
            "*1000\r\n" + String(repeating: "*0\r\n", count: 1_000),
            "*3\r\n:1\r\n*40\r\n\(part)*2\r\n:1\r\n+x\r\n",
        ] {
            let wire = Array((":1\r\n" + elements + "*1\r\n:2\r\n").utf8)
            let expected: [RedisValue] = [
                .integer(1), .tooLarge(byteLimit: 10_000), .array([.integer(2)]),
            ]
            let pieces = stride(from: 0, to: wire.count, by: 7).map { wire[$0..<min($0 + 7, wire.count)] }
            for read in [
                ReadResult(of: [wire[...]], limit: 10_000), ReadResult(of: pieces, limit: 10_000),
            ] {
                #expect(read == ReadResult(replies: expected))
            }
        }
    }

    @Test func `a violation does not take back the replies before it, and nothing comes after it`() throws {
        let reader = ReplyReader(byteLimit: 1 << 20)
        var replies: [RedisValue] = []
        #expect(throws: ReplyViolation.self) { try reader.feed(":1\r\n?\r\n:2\r\n") { replies.append($0) } }
        #expect(throws: ReplyViolation.self) { try reader.feed(":3\r\n") { replies.append($0) } }
        #expect(replies == [.integer(1)])
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `garbage reads the same, however it is cut`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<250 {
            let wire = FuzzInput.bytes(&random)
            let whole = ReadResult(of: [wire[...]])
            let cut = Int.random(in: 0...wire.count, using: &random)
            #expect(ReadResult(of: [wire[..<cut], wire[cut...]]) == whole, "seed \(seed), bytes \(wire)")
            #expect(ReadResult(of: wire.map { [$0] }) == whole, "seed \(seed), bytes \(wire)")
        }
    }
}
