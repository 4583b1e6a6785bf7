import Testing

@testable import RedisClient

@Suite struct SentinelAnswerTests {
    private static func bulk(_ text: String) -> RedisValue { .bulk(Array(text.utf8)) }

    private static func map(_ pairs: (String, String)...) -> RedisValue {
        .array(pairs.flatMap { [bulk($0.0), bulk($0.1)] })
    }

    private static let id = bulk("94d0f3a1")
    private static let place = RedisValue.array([bulk("10.0.0.1"), bulk("6379")])
    private static let primary = map(
        ("name", "carts"),
        ("config-epoch", "4"),
        ("num-other-sentinels", "2"),
        ("quorum", "2")
    )
    private static let others = RedisValue.array([
        map(("runid", "b"), ("ip", "10.0.0.8"), ("port", "26379")),
        // One of which the sentinel knows no more than that it exists.
        map(("runid", ""), ("ip", "10.0.0.9"), ("port", "26379")),
        map(("runid", "c"), ("ip", ""), ("port", "0")),
    ])

    @Test func `an answer is read`() throws {
        let answer = try SentinelAnswer([Self.id, Self.place, Self.primary, Self.others], about: "carts")
        #expect(answer.id == "94d0f3a1" && answer.epoch == 4 && answer.otherCount == 2)
        #expect(answer.primary == ServerAddress(host: "10.0.0.1", port: 6379))
        #expect(answer.others.map(\.id) == ["b"])
        #expect(answer.fields["quorum"] == "2")
    }

    @Test func `a sentinel that watches something else says so`() {
        let error = RedisValue.error(RedisServerError(code: "ERR", message: "No such master with that name"))
        #expect(throws: SentinelSilence("it watches no primary of the name carts")) {
            try SentinelAnswer([Self.id, .null, error, error], about: "carts")
        }
    }

    @Test func `what a sentinel says has limits`() throws {
        let primary = Self.map(("config-epoch", "4"), ("num-other-sentinels", "9223372036854775807"))
        let others = (0..<1_000).map { number in
            Self.map(("runid", "id-\(number)"), ("ip", "10.0.0.1"), ("port", "\(1 + number)"))
        }
        let long = Self.map(("runid", "x"), ("ip", String(repeating: "h", count: 256)), ("port", "1"))
        let answer = try SentinelAnswer(
            [Self.id, Self.place, primary, .array([long] + others)],
            about: "carts"
        )
        #expect(answer.otherCount == 64 && answer.others.count == 63)
        let many = RedisValue.array(
            [Self.bulk("config-epoch"), Self.bulk("4")] + (0..<1_000).map { Self.bulk("\($0)") }
        )
        let fields = try SentinelAnswer([Self.id, Self.place, many, .array([])], about: "carts").fields
        #expect(fields.count == 64)
        let error = RedisServerError(code: "ERR", message: String(repeating: "e", count: 10_000))
        let silence = #expect(throws: SentinelSilence.self) {
            try SentinelAnswer([.error(error), .null, .null, .null], about: "carts")
        }
        #expect(silence?.description.count == 200)
    }

    static let bad: [[RedisValue]] = [
        [], [id, place, primary], [.null, place, primary, others], [id, .array([]), primary, others],
        [id, .array([bulk(""), bulk("1")]), primary, others],
        [id, .array([bulk("h"), bulk("65536")]), primary, others],
        [id, .array([bulk("h"), .integer(-1)]), primary, others],
        [id, place, map(("config-epoch", "-4")), others], [id, place, map(), others],
        [id, place, .integer(1), others], [id, place, primary, .array([.integer(1)])],
        [id, place, primary, bulk("x")], [.bulk([0xFF]), place, primary, others],
        [.error(RedisServerError(code: "NOAUTH", message: "m")), .null, .null, .null],
        [bulk(""), place, primary, others],
        [bulk(String(repeating: "a", count: 65)), place, primary, others],
        [id, .array([bulk(String(repeating: "h", count: 256)), bulk("1")]), primary, others],
    ]

    @Test(arguments: bad)
    func `anything else is no answer`(replies: [RedisValue]) {
        #expect(throws: SentinelSilence.self) { try SentinelAnswer(replies, about: "carts") }
    }
}
