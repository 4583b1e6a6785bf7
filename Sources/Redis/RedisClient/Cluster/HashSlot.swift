/// The slots into which a Redis Cluster divides its keys. All keys of a slot lie on one server.
///
/// Source: the specification of Redis Cluster, "Key distribution model" and "Hash tags".
package enum HashSlot {
    /// The number of slots: they are numbered from 0.
    package static let count = 16_384

    /// The slot of a key: that of its tag, if it has one. The tag is what stands between the first `{` and the next
    /// `}`, unless that is nothing.
    package static func of(key: some Collection<UInt8>) -> UInt16 {
        guard let open = key.firstIndex(of: UInt8(ascii: "{")) else { return slot(key) }
        let rest = key[key.index(after: open)...]
        guard let close = rest.firstIndex(of: UInt8(ascii: "}")), close > rest.startIndex else {
            return slot(key)
        }
        return slot(rest[..<close])
    }

    /// A text that has this slot, alone or as a tag: at most five hexadecimal digits, and the same everywhere. For a
    /// number that is no slot, the one of its remainder.
    package static func tag(for slot: UInt16) -> String { tags[Int(slot) % count] }

    /// The slot of keys with this tag, of a text without braces. On the hot path: not generic, because callers are in other
    /// modules.
    package static func of(tag text: String) -> UInt16 {
        var text = text
        return text.withUTF8 { slot($0) }
    }

    private static func slot(_ bytes: some Collection<UInt8>) -> UInt16 {
        checksum(bytes) % UInt16(count)
    }

    /// CRC16 in the variant XMODEM: the polynomial 0x1021, from 0. A byte at a time without a table, which would be no
    /// faster for texts as short as keys.
    static func checksum(_ bytes: some Collection<UInt8>) -> UInt16 {
        var sum: UInt16 = 0
        for byte in bytes {
            sum = (sum << 8 | sum >> 8) ^ UInt16(byte)
            sum ^= (sum & 0xFF) >> 4
            sum ^= sum << 12
            sum ^= (sum & 0xFF) << 5
        }
        return sum
    }

    /// The first of 0, 1, 2, … in hexadecimal that falls into each slot.
    private static let tags: [String] = {
        var tags = [String](repeating: "", count: count)
        var (missing, number) = (count, 0)
        while missing > 0 {
            let text = String(number, radix: 16)
            let slot = Int(slot(text.utf8))
            if tags[slot].isEmpty {
                tags[slot] = text
                missing -= 1
            }
            number += 1
        }
        return tags
    }()
}
