import Cart
import CartProtobuf
import CartTesting
import SwiftProtobuf
import Testing

@testable import CartActor

/// What a commit writes by hand is what the library would have written.
@Suite struct StoredHeadTests {
    /// - Parameter inOrder: true for lines in the order of their ids, as fields must have them.
    static func plain(_ cart: OpenCart, inOrder: Bool = false) -> OpenCart {
        let ordered = cart.lines.reduce(into: [Line]()) { lines, line in
            if lines.last.map({ $0.id < line.id }) ?? true { lines.append(line) }
        }
        return OpenCart(
            currency: cart.currency,
            lines: inOrder ? ordered : cart.lines,
            lastLine: cart.lastLine,
            createdAt: cart.createdAt,
            updatedAt: cart.updatedAt,
            operations: cart.operations
        )
    }

    @Test func `the head of a cart without anything rare has the bytes of its message`() throws {
        var generator = ValueGenerator(seed: 11)
        for _ in 0..<2_000 {
            let record = CartRecord(cart: .open(Self.plain(generator.contents())))
            for linesApart in [nil, 0, 1, .max] as [UInt32?] {
                let bytes = try #require(StoredHead.bytes(of: record, linesApart: linesApart))
                let message = CartSplit.head(of: record, linesApart: linesApart)
                #expect(try bytes == message.serializedBytes() as [UInt8])
            }
        }
    }

    @Test func `lines of every length have the bytes of their messages`() throws {
        for length in [0, 1, 100, 127, 128, 129, 16_383, 16_384, 70_000] {
            let text = String(repeating: "é", count: length)
            let line = Line(
                id: LineID(.max),
                sku: text,
                name: text,
                quantity: .min,
                unitPrice: .min,
                attributes: Attributes([(key: text, value: text), (key: "k", value: "")]),
                addedAt: Timestamp(milliseconds: .min)
            )
            #expect(try StoredHead.bytes(of: line) == StoredLine(line).serializedBytes() as [UInt8])
            let cart = OpenCart(
                currency: Currency(stored: "EUR"),
                lines: [line],
                lastLine: line.id,
                createdAt: Timestamp(milliseconds: .min),
                updatedAt: Timestamp(milliseconds: .max)
            )
            let record = CartRecord(cart: .open(cart))
            let message = CartSplit.head(of: record, linesApart: nil)
            #expect(
                try StoredHead.bytes(of: record, linesApart: nil) == message.serializedBytes() as [UInt8]
            )
        }
    }

    @Test func `generated lines have the bytes of their messages`() throws {
        var generator = ValueGenerator(seed: 12)
        for _ in 0..<2_000 {
            let line = generator.line()
            #expect(try StoredHead.bytes(of: line) == StoredLine(line).serializedBytes() as [UInt8])
        }
    }

    @Test func `anything rare is left to the library`() throws {
        var generator = ValueGenerator(seed: 13)
        var left = 0
        for _ in 0..<500 {
            let record = CartRecord(cart: generator.state())
            let isPlain = record.cart.cart.map { !$0.hasDetails && $0.merges.isEmpty } ?? false
            #expect((StoredHead.bytes(of: record, linesApart: 0) != nil) == isPlain)
            if !isPlain { left += 1 }
        }
        #expect(left > 100)
    }
}
