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

    /// A line whose total is 9 006 999 999 990 993, which is 199 264 749 998 less than the limit.
    private static func nearlyFull() throws -> Subject {
        var subject = try Subject.open()
        try subject.does(.addLine(item("a", 9_007, at: 999_999_999_999)))
        return subject
    }

    @Test func `a subtotal reaches the largest exact integer and not one unit more`() throws {
        let limit = CartLimits.subtotal
        #expect(limit == 1 << 53 - 1)
        var subject = try Self.nearlyFull()
        let room = limit - 9_007 * 999_999_999_999
        let full = CartRejection.limit(.subtotal, maximum: limit, actual: limit + 1)
        #expect(subject.refusal(.addLine(try item("b", at: room + 1))) == full)
        try subject.does(.addLine(item("b", at: room)))
        #expect(subject.state.cart?.totals?.subtotal == limit)
        let refused: [CartCommand.Change] = [
            .addLine(try item("c", at: 1)), .addLine(try item("a", 1, at: 999_999_999_999)),
            .addLine(try item("b", at: room)), .setQuantity(LineID(1), 9_008),
            .setPrice(LineID(2), Money(minorUnits: room + 1, currency: try currency("EUR"))),
            .actions([.addLine(try item("c", at: 1)), .clear]),
        ]
        for change in refused {
            guard let refusal = subject.refusal(change) else {
                Issue.record("accepted: \(change)")
                continue
            }
            let reason = if case .action(0, let inner) = refusal { inner } else { refusal }
            guard case .limit(.subtotal, maximum: limit, actual: let actual) = reason else {
                Issue.record("\(change): \(refusal)")
                continue
            }
            #expect(actual > limit)
        }
        // What costs nothing, or makes the sum smaller, is accepted.
        try subject.does(.addLine(item("c", 9_999, at: 0)))
        try subject.does(.setQuantity(LineID(1), 1))
        try subject.does(.setQuantity(LineID(1), 9_007))
    }

    @Test func `one line may not cost more than the limit, however it is multiplied`() throws {
        let subject = try Subject.open()
        let product: Int64 = 9_999 * 999_999_999_999
        let full = CartRejection.limit(.subtotal, maximum: CartLimits.subtotal, actual: product)
        #expect(subject.refusal(.addLine(try item("a", 9_999, at: 999_999_999_999))) == full)
        var wide = subject
        var limits = CartLimits()
        (limits.quantity, limits.unitPrice) = (.max, .max)
        wide.decider = CartDecider(limits: limits)
        let beyond = CartRejection.limit(.subtotal, maximum: CartLimits.subtotal, actual: .max)
        #expect(wide.refusal(.addLine(try item("a", Int64(Int32.max), at: .max))) == beyond)
    }

    @Test func `a merge may not sum beyond the limit, by a new line or by more of one`() throws {
        for (sku, quantity) in [("b", 9_007), ("a", 1)] as [(String, Int64)] {
            var source = try Subject.open()
            try source.does(.addLine(item(sku, quantity, at: 999_999_999_999)))
            let target = try Self.nearlyFull()
            let offer = MergeOffer(digest: 1, attempt: 1, basis: 0)
            let take = CartCommand.Change.takeOver(
                offer,
                .add,
                lines: source.lines,
                currency: try currency("EUR")
            )
            guard case .limit(.subtotal, _, _) = target.refusal(take) else {
                Issue.record("\(sku): \(String(describing: target.refusal(take)))")
                continue
            }
        }
    }

    @Test func `a stored cart beyond the limit can be made smaller, and not larger`() throws {
        let line = Line(id: LineID(1), sku: "a", name: nil, quantity: .max, unitPrice: .max, addedAt: t0)
        let cart = OpenCart(
            currency: try currency("EUR"),
            lines: [line, line],
            lastLine: LineID(1),
            createdAt: t0,
            updatedAt: t0
        )
        var subject = Subject(state: .open(cart), version: 7)
        let beyond = CartRejection.limit(.subtotal, maximum: CartLimits.subtotal, actual: .max)
        #expect(subject.refusal(.addLine(try item("b", at: 1))) == beyond)
        #expect(try subject.does(.addLine(item("b", at: 0))) == .lineAdded(LineID(2)))
        #expect(try subject.does(.setQuantity(LineID(1), 1)) == .quantityChanged(LineID(1)))
        #expect(try subject.does(.removeLine(LineID(1))) == .lineRemoved(LineID(1)))
    }
}
