import SeededRandom
import Testing

@testable import RedisClient

@Suite struct ClusterSlotsTests {
    private static func bulk(_ text: String) -> RedisValue { .bulk(Array(text.utf8)) }

    private static func node(_ host: RedisValue, _ port: Int64, digit: Character) -> RedisValue {
        .array([host, .integer(port), bulk(ClusterNodesTests.id(digit)), .array([])])
    }

    private static let reply = RedisValue.array([
        .array([.integer(0), .integer(99), node(bulk("h"), 1, digit: "a"), node(.null, 2, digit: "b")]),
        .array([
            .integer(100), .integer(16_383), node(bulk("?"), 3, digit: "c"), node(bulk(""), 4, digit: "d"),
        ]),
        .array([
            .integer(7), .integer(8), node(bulk("h"), 0, digit: "e"), node(bulk("bad host"), 5, digit: "f"),
        ]),
    ])

    @Test func `addresses are read`() throws {
        let slots = try ClusterSlots(Self.reply)
        let hosts: [Character: AnnouncedHost] = ["a": .named("h"), "b": .asked, "c": .unknown, "d": .asked]
        #expect(slots.addresses.count == hosts.count)
        for (digit, host) in hosts { #expect(slots.addresses[ClusterNodesTests.id(digit)]?.host == host) }
    }

    @Test(arguments: [
        RedisValue.null, .integer(1), .array([.integer(1)]),
        .array([.array([.integer(0), .integer(1), .null])]),
        .array([.array([.integer(0), .integer(1), .array([])])]),
        .array([.array([.integer(0), .integer(1), .array([bulk("h"), bulk("x"), bulk("id")])])]),
        .array([.array([.integer(0), .integer(1), .array([bulk("h"), .null, node(.null, 1, digit: "a")])])]),
    ])
    func `anything else is refused`(reply: RedisValue) {
        #expect(throws: RedisError.self) { try ClusterSlots(reply) }
    }
}
