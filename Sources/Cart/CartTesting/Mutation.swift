import ActorRuntime
import Cart
import CartActor
import Ownership

/// Makes bad input out of good input.
package enum Mutation {
    /// Texts to put in place of values, or anywhere.
    private static let scraps = [
        "null", "true", "-1", "0", "1.0", "1e400", "9223372036854775808", "-9223372036854775809", "\"\"",
        "[]", "{}",
        "[[[[[[[[[[]]]]]]]]]]", #""\ud800""#, #""\udfff\ud800""#, #""\u0000""#, "\"\u{202E}abc\"",
        "\"\u{FEFF}\"",
        "\"e\u{301}\"", "\"\u{E9}\"", "\"\u{212A}\"", #""\u0040\u0301""#, #"{"a":1,"a":2}"#, "\u{FEFF}", ",",
        ":", "\"",
        "}", "]", "{", "[", "\\", "\u{0}", "0x1", "NaN", "'a'", "/**/",
        "\"" + String(repeating: "a", count: 1_100) + "\"",
    ]

    /// A text that was JSON, changed in a few places; now and then not at all.
    package static func json(_ text: String, _ generator: inout ValueGenerator) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<generator.number(0...3) {
            switch generator.number(0...5) {
            case 0: bytes = self.bytes(bytes, &generator)
            case 1...3: replaceToken(in: &bytes, by: scrap(&generator))
            case 4:
                let place = generator.number(0...bytes.count)
                bytes.insert(contentsOf: scrap(&generator), at: place)
            default:
                // A member twice, or one too many.
                let member = [#""quantity":1,"#, #""currency":"EUR","#, #""x":0,"#, #""":0,"#][
                    generator.number(0...3)
                ]
                guard let brace = bytes.firstIndex(of: UInt8(ascii: "{")) else { continue }
                bytes.insert(contentsOf: Array(member.utf8), at: brace + 1)
            }
        }
        return bytes
    }

    private static func scrap(_ generator: inout ValueGenerator) -> [UInt8] {
        Array(scraps[generator.number(0...scraps.count - 1)].utf8)
    }

    /// Puts something in place of a value.
    private static func replaceToken(in bytes: inout [UInt8], by scrap: [UInt8]) {
        let ends = Set(",:{}[]".utf8)
        let starts = bytes.indices.filter {
            $0 > 0 && ends.contains(bytes[$0 - 1]) && !ends.contains(bytes[$0])
        }
        guard !starts.isEmpty else { return }
        let start = starts[(bytes.count &* 31 &+ scrap.count) % starts.count]
        let end = bytes[start...].firstIndex { ends.contains($0) } ?? bytes.endIndex
        bytes.replaceSubrange(start..<end, with: scrap)
    }

    /// Bytes with some turned, cut, doubled or put in.
    package static func bytes(_ original: [UInt8], _ generator: inout ValueGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<generator.number(0...4) {
            guard !bytes.isEmpty else {
                return (0..<generator.number(0...9)).map { _ in UInt8(generator.number(0...255)) }
            }
            let place = generator.number(0...bytes.count - 1)
            switch generator.number(0...5) {
            case 0: bytes[place] = UInt8(generator.number(0...255))
            case 1: bytes[place] ^= 1 << UInt8(generator.number(0...7))
            case 2: bytes.insert([0, 0x7F, 0x80, 0xFF][generator.number(0...3)], at: place)
            case 3: bytes.remove(at: place)
            case 4: bytes.removeSubrange(place...)
            default: bytes.append(contentsOf: bytes[place...].prefix(24))
            }
        }
        return bytes
    }

    /// Names that fields of records have, and some that they have not.
    package static let fieldNames = [
        "s", "m", "b", "i:1", "i:2", "i:4294967295", "i:0", "op:0", "op:1", "or:0", "or:1", "ev:1", "ev:2",
        "ev:7",
        "ev:18446744073709551615", "x", "", "i:", "ev:-1", "op:99999999999999999999",
    ]

    /// Bytes that a field of this name, or another, might hold.
    package static func field(_ name: String, _ generator: inout ValueGenerator) throws -> [UInt8] {
        let codec = CartCodec()
        let fields = try generator.fields()
        let kind = name.prefix { $0 != ":" }
        if kind == "b" {
            return Array(
                ["0", "1", "6", "x", "", "-1", "18446744073709551616"][generator.number(0...6)].utf8
            )
        }
        if kind == "ev" { return bytes(try codec.encode(events: generator.events()), &generator) }
        let fitting = fields.filter { $0.name.prefix { $0 != ":" } == kind }.randomElement(
            using: &generator.random
        )
        let value = try fitting?.value ?? codec.encode(state: CartRecord(cart: generator.state()))
        return bytes(value, &generator)
    }
}

extension ValueGenerator {
    /// The fields that a store of parts has of a cart; none of a cart that is too absurd to be stored.
    fileprivate mutating func fields() throws -> [ContentField] {
        do {
            return try StoredCartFixture.layout(.incremental).content(
                of: CartRecord(cart: state()),
                at: SequenceNumber(7)
            )
        } catch is CodecFailure {
            return []
        }
    }
}
