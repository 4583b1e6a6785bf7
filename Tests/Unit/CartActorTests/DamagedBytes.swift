import SeededRandom

/// Bytes of a message, and what could become of them on the way.
struct DamagedBytes {
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// The bytes that are left where they are cut, at each place.
    static func cuts(of bytes: [UInt8]) -> [[UInt8]] { bytes.indices.map { Array(bytes.prefix($0)) } }

    /// What another writer might have added: an unknown field, known ones again, other wire types, groups, a
    /// varint that never ends.
    static func additions(to bytes: [UInt8]) -> [[UInt8]] {
        let fields: [[UInt8]] = [
            [0x98, 0x06, 0x2A], [0x08, 0x01], [0x0A, 0x00], [0x10, 0x00], [0x12, 0x00], [0x1A, 0x00],
            [0x18, 0x02], [0x20, 0x00], [0x22, 0x00], [0x28, 0x01], [0x2A, 0x00], [0x30, 0x01], [0x32, 0x00],
            [0x3A, 0x00], [0x4A, 0x00], [0x70, 0x00], [0x70, 0x01], [0x0D, 0, 0, 0, 0], [0x0B], [0x0B, 0x0C],
            [0x0C], [0x08] + Array(repeating: 0xFF, count: 9) + [0x01],
            [0x08] + Array(repeating: 0xFF, count: 12), [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
            [0x08, 0x81, 0x00], [0x88, 0x00, 0x01], [0x00], [0x07],
        ]
        return fields.flatMap { [bytes + $0, $0 + bytes] } + [bytes + bytes]
    }

    /// The bytes with up to three places turned, put in, taken out or exchanged.
    mutating func turned(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard !bytes.isEmpty else { return bytes }
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0...5, using: &random) {
            case 0: bytes[place] ^= UInt8(1 << Int.random(in: 0...7, using: &random))
            case 1: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
            case 2: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
            case 3: bytes.remove(at: place)
            case 4: bytes.swapAt(place, Int.random(in: bytes.indices, using: &random))
            default: bytes[place] = bytes[place] &+ 1
            }
        }
        return bytes
    }
}
