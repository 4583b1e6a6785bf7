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

    private static func slot(_ bytes: some Collection<UInt8>) -> UInt16 {
        checksum(bytes) % UInt16(count)
    }

    /// CRC16 in the variant XMODEM: the polynomial 0x1021, from 0.
    static func checksum(_ bytes: some Collection<UInt8>) -> UInt16 {
        let table = checksums
        var sum: UInt16 = 0
        for byte in bytes { sum = sum << 8 ^ table[Int(UInt8(sum >> 8) ^ byte)] }
        return sum
    }

    /// The checksums of all single bytes.
    private static let checksums: [UInt16] = (0..<256).map { byte in
        (0..<8).reduce(UInt16(byte) << 8) { sum, _ in sum & 0x8000 == 0 ? sum << 1 : sum << 1 ^ 0x1021 }
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
