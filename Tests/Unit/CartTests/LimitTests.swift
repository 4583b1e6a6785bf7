import Testing

@testable import Cart

/// The limits of a cart: the limit itself is accepted, one more is refused.
@Suite struct LimitTests {
    @Test func `a cart takes 500 lines and not one more, but more of those it has`() throws {
        var subject = try Subject.open()
        for n in 1...500 { try subject.does(.addLine(item("sku-\(n)"))) }
        let full = CartRejection.limit(.lines, maximum: 500, actual: 501)
        #expect(subject.refusal(.addLine(try item("sku-501"))) == full)
        #expect(try subject.does(.addLine(item("sku-500"))) == .lineIncreased(LineID(500)))
        try subject.does(.removeLine(LineID(1)))
        #expect(try subject.does(.addLine(item("sku-501"))) == .lineAdded(LineID(501)))
    }

    @Test func `a line's quantity adds up to 9999 and not one more`() throws {
        var subject = try Subject.open()
        try subject.does(.addLine(item("a", 9_998)))
        try subject.does(.addLine(item("a", 1)))
        #expect(subject.lines.map(\.quantity) == [9_999])
        let full = CartRejection.limit(.quantity, maximum: 9_999, actual: 10_000)
        #expect(subject.refusal(.addLine(try item("a", 1))) == full)
        #expect(
            subject.refusal(.addLine(try item("a", 9_999)))
                == .limit(.quantity, maximum: 9_999, actual: 19_998)
        )
    }

    @Test func `all attributes of a cart together take 8 KiB and not one byte more`() throws {
        var subject = try Subject.open()
        let kilobyte = (1...4).map { (key: "key\($0)", value: String(repeating: "v", count: 252)) }
        for n in 1...8 {
            let price = Money(minorUnits: Int64(n), currency: try currency("EUR"))
            let item = NewItem(sku: "a", quantity: 1, unitPrice: price, attributes: Attributes(kilobyte))
            try subject.does(.addLine(item))
        }
        #expect(subject.state.cart?.metadataBytes == 8_192)
        let over = CartRejection.limit(.metadataBytes, maximum: 8_192, actual: 8_193)
        #expect(subject.refusal(.addLine(try item("b", with: ["k": ""]))) == over)
        #expect(try subject.does(.addLine(item("b"))) == .lineAdded(LineID(9)))
    }

    @Test func `smaller limits let an older, larger cart shrink and be read`() throws {
        var subject = try Subject.open()
        for sku in ["a", "b", "c"] { try subject.does(.addLine(item(sku, 50, with: ["k": "v"]))) }
        var limits = CartLimits()
        limits.lines = 2
        limits.quantity = 10
        limits.metadataBytes = 1
        subject.decider = CartDecider(limits: limits)
        #expect(subject.refusal(.addLine(try item("d"))) == .limit(.lines, maximum: 2, actual: 4))
        #expect(try subject.does(.setQuantity(LineID(1), 10)) == .quantityChanged(LineID(1)))
        #expect(try subject.does(.removeLine(LineID(2))) == .lineRemoved(LineID(2)))
        try subject.does(.removeLine(LineID(3)))
        #expect(try subject.does(.addLine(item("d"))) == .lineAdded(LineID(4)))
        #expect(
            subject.decider.decide(.read, on: subject.state, version: 6)
                == .accept([], CartOutcome(effect: .read))
        )
    }

    @Test func `the fullest legal cart does not overflow, and limits that could are told apart`() {
        var limits = CartLimits()
        let fullest: Int64 = 500 * 9_999 * 999_999_999_999
        #expect(limits.largestSubtotal == fullest)
        limits.lines = 922
        #expect(limits.largestSubtotal != nil)
        limits.lines = 923
        #expect(limits.largestSubtotal == nil)
        limits.lines = 1
        limits.unitPrice = .max
        #expect(limits.largestSubtotal == nil)
    }
}
