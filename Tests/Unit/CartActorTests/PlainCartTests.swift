import ActorRuntime
import Cart
import CartProtobuf
import CartTesting
import SwiftProtobuf
import Testing

@testable import CartActor

/// What is read without message objects from the store is what the library would have read.
@Suite struct PlainCartTests {
    private let codec = CartCodec()

    private func library(_ parts: [ContentField]) throws(CodecFailure) -> CartRecord {
        var assembly = CartAssembler()
        for part in parts { try assembly.add(part) }
        return try assembly.record()
    }

    /// - Returns: true if the fields were read without the library.
    private func compare(_ parts: [ContentField]) -> Bool {
        let mine = Result { () throws(CodecFailure) in try CartSplit().state(of: parts) }
        let other = Result { () throws(CodecFailure) in try library(parts) }
        #expect(mine == other, "\(parts)")
        if let mine = try? mine.get(), let other = try? other.get() {
            let bytes = try? StoredCart(mine).serializedBytes() as [UInt8]
            #expect(bytes == (try? StoredCart(other).serializedBytes()), "\(parts)")
        }
        return PlainParts.record(of: parts) != nil
    }

    /// The fields of a cart; half of the carts have nothing rare.
    private func parts(_ generator: inout ValueGenerator) -> (parts: [ContentField], isPlain: Bool)? {
        let isPlain = generator.flip()
        let contents = StoredHeadTests.plain(generator.contents(), inOrder: true)
        let record = CartRecord(cart: isPlain ? .open(contents) : generator.state())
        let grain: SplitGranularity = generator.flip() ? .coarse : .fine
        guard let parts = try? CartSplit().parts(of: record, grain) else { return nil }
        return (parts, record.plain != nil)
    }

    @Test func `carts are put together as the library does, whatever happened to their fields`() throws {
        var generator = ValueGenerator(seed: 31)
        var damage = DamagedBytes(seed: 32)
        var (plain, survived) = (0, 0)
        for _ in 0..<80 {
            guard let (parts, isPlain) = parts(&generator) else { continue }
            #expect(compare(parts) == isPlain)
            if isPlain { plain += 1 }
            for index in parts.indices {
                let part = parts[index]
                func check(_ bytes: [UInt8]) -> Bool {
                    var damaged = parts
                    damaged[index] = ContentField(part.name, bytes)
                    return compare(damaged)
                }
                for cut in DamagedBytes.cuts(of: part.value) { _ = check(cut) }
                for added in DamagedBytes.additions(to: part.value) { _ = check(added) }
                for _ in 0..<20 where check(damage.turned(part.value)) { survived += 1 }
            }
        }
        #expect(plain > 25)
        #expect(survived > 300)
    }

    @Test func `fields come in any order, and none may be missing, renamed or there twice`() throws {
        var generator = ValueGenerator(seed: 33)
        var plain = 0
        for _ in 0..<250 {
            guard let (parts, isPlain) = parts(&generator) else { continue }
            let shuffled = parts.shuffled(using: &generator.random)
            #expect(compare(shuffled) == isPlain)
            if isPlain { plain += 1 }
            for index in parts.indices {
                var others = parts
                let part = others.remove(at: index)
                _ = compare(others)
                // Operations are read into a table, by number.
                #expect(!compare(parts + [part]) || part.name.hasPrefix("o"))
                for name in ["i:1", "i:01", "i:", "i:+1", "m", "s", "x", "op:0", "i:99999999999999999999"] {
                    _ = compare(others + [ContentField(name, part.value)])
                }
            }
        }
        #expect(plain > 80)
    }

    @Test func `whole carts are read as the library reads them, whatever happened to their bytes`() throws {
        var generator = ValueGenerator(seed: 34)
        var damage = DamagedBytes(seed: 35)
        for _ in 0..<80 {
            let contents = StoredHeadTests.plain(generator.contents())
            let cart: CartState = generator.flip() ? .open(contents) : generator.state()
            let bytes: [UInt8] = try StoredCart(CartRecord(cart: cart)).serializedBytes()
            var tries = [bytes] + DamagedBytes.cuts(of: bytes) + DamagedBytes.additions(to: bytes)
            for _ in 0..<50 { tries.append(damage.turned(bytes)) }
            for bytes in tries {
                let mine = Result { () throws(CodecFailure) in try codec.decode(state: bytes) }
                let other = Result { () throws(CodecFailure) in
                    try CartCodec.message(StoredCart.self, from: bytes, "a stored cart").record()
                }
                #expect(mine == other, "\(bytes)")
            }
        }
    }

    @Test func `numbers in the names of fields are plain decimals`() {
        let names: [(String, UInt64?)] = [
            ("i:0", 0), ("i:7", 7), ("i:18446744073709551615", .max), ("i:18446744073709551616", nil),
            ("i:99999999999999999999", nil), ("i:00", nil), ("i:07", nil), ("i:", nil), ("i:-1", nil),
            ("i:+1", nil), ("i:1 ", nil), ("i:1x", nil), ("i", nil), ("", nil), ("op:1", nil),
            ("i:\u{301}1", nil), ("i:１", nil),
        ]
        for (name, number) in names { #expect(FieldNumber.of(name, after: "i:") == number, "\(name)") }
    }
}
