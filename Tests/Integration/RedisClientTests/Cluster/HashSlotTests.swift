import Testing

@testable import RedisClient

@Suite struct HashSlotTests {
    @Test func `the checksum is that of the specification`() {
        #expect(HashSlot.checksum("123456789".utf8) == 0x31C3)
        #expect(HashSlot.checksum([]) == 0)
    }

    @Test(arguments: [
        ("", 0), ("123456789", 12_739), ("foo", 12_182), ("bar", 5_061), ("hello", 866),
        ("{user1000}.following", 3_443), ("{user1000}.followers", 3_443), ("user1000", 3_443),
        // The first brace and the next one count, and nothing between them is no tag.
        ("foo{}{bar}", 8_363), ("foo{{bar}}zap", 4_015), ("foo{bar}{zap}", 5_061),
    ])
    func `keys have the slots that Redis gives them`(key: String, slot: UInt16) {
        #expect(HashSlot.of(key: key.utf8) == slot)
        #expect(HashSlot.of(key: Array(key.utf8)) == slot)
    }

    @Test func `keys with one tag share a slot, and halves of a tag are none`() {
        let slot = HashSlot.of(key: "tag".utf8)
        #expect(HashSlot.of(key: "a{tag}b".utf8) == slot && HashSlot.of(key: "{tag}".utf8) == slot)
        #expect(HashSlot.of(key: "a{tag".utf8) == HashSlot.checksum("a{tag".utf8) % 16_384)
        #expect(HashSlot.of(key: "a}tag{".utf8) == HashSlot.checksum("a}tag{".utf8) % 16_384)
        #expect(HashSlot.of(key: "}{tag}".utf8) == slot)
    }

    @Test func `each slot has a short tag of its own`() {
        var seen: Set<String> = []
        for slot in 0..<UInt16(HashSlot.count) {
            let tag = HashSlot.tag(for: slot)
            #expect(HashSlot.of(key: tag.utf8) == slot && HashSlot.of(key: "carts:{\(tag)}:gen".utf8) == slot)
            #expect(tag.utf8.count <= 5 && seen.insert(tag).inserted)
        }
        // The same for all nodes, whatever their version: it is a part of keys' names.
        #expect(HashSlot.tag(for: HashSlot.of(key: "0".utf8)) == "0")
        #expect(HashSlot.tag(for: UInt16.max) == HashSlot.tag(for: 16_383))
    }
}
