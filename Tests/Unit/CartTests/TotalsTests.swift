import Testing

@testable import Cart

/// Arithmetic that is exact or reports an overflow.
@Suite struct TotalsTests {
    func cart(_ lines: [(quantity: Int32, price: Int64)]) -> OpenCart {
        let lines = lines.enumerated().map { n, line in
            let id = LineID(UInt32(n) + 1)
            return Line(
                id: id,
                sku: "a",
                name: nil,
                quantity: line.quantity,
                unitPrice: line.price,
                addedAt: t0
            )
        }
        let eur = Currency(stored: "EUR")
        return OpenCart(currency: eur, lines: lines, lastLine: LineID(0), createdAt: t0, updatedAt: t0)
    }

    @Test func `totals sum lines, quantities and prices`() throws {
        let totals = try #require(cart([(2, 150), (3, 1), (1, 0)]).totals)
        #expect(totals.lines == 3 && totals.quantity == 6 && totals.subtotal == 303)
        #expect(totals.currency == (try currency("EUR")))
    }

    @Test func `an empty cart has zero totals`() throws {
        let totals = try #require(cart([]).totals)
        #expect(totals.lines == 0 && totals.quantity == 0 && totals.subtotal == 0)
    }

    @Test func `a cart beyond the limit of its subtotal has exact totals`() throws {
        let line = (quantity: Int32(9_999), price: Int64(999_999_999_999))
        let totals = try #require(cart(Array(repeating: line, count: 500)).totals)
        #expect(Int128(totals.subtotal) == Int128(500) * 9_999 * 999_999_999_999)
        #expect(totals.quantity == 4_999_500)
    }

    @Test func `an absurd line has no total`() {
        for (quantity, price) in [(Int32.max, Int64.max), (2, .max), (2, .min), (-1, .min), (.min, .min)] {
            let absurd = cart([(quantity, price)])
            #expect(absurd.lines.first?.total == nil && absurd.totals == nil, "\(quantity) × \(price)")
        }
        #expect(cart([(1, .max)]).totals?.subtotal == .max)
        #expect(cart([(1, .min)]).totals?.subtotal == .min)
    }

    @Test func `lines that each have a total may have no sum`() {
        #expect(cart([(1, .max), (1, 1)]).totals == nil)
        #expect(cart([(1, .min), (1, -1)]).totals == nil)
        #expect(cart([(1, .max), (1, 0)]).totals?.subtotal == .max)
    }

    @Test func `an absurd stored cart is decided upon like any other`() throws {
        let absurd = cart([(.max, 100), (.min, 200), (0, 300), (-5, 400)])
        var subject = Subject(state: .open(absurd), version: 9)
        let full = CartRejection.limit(.quantity, maximum: 9_999, actual: Int64(Int32.max) + 1)
        #expect(subject.refusal(.addLine(try item("a", 1, at: 100))) == full)
        #expect(try subject.does(.addLine(item("a", 3, at: 200))) == .lineIncreased(LineID(2)))
        #expect(try subject.does(.addLine(item("a", 4, at: 400))) == .lineIncreased(LineID(4)))
        #expect(subject.lines.map(\.quantity) == [.max, 3, 0, 4])
        #expect(try subject.does(.setQuantity(LineID(1), 7)) == .quantityChanged(LineID(1)))
        #expect(try subject.does(.setQuantity(LineID(3), 0)) == .lineRemoved(LineID(3)))
        #expect(try subject.does(.clear) == .cleared)
    }
}
