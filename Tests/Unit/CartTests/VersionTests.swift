import Testing

@testable import Cart

/// The effect of a client's expected version on its command.
@Suite struct VersionTests {
    @Test func `a change meant for another version is refused, also one without effect`() throws {
        var subject = try Subject.open()
        try subject.does(.addLine(item("a", 5)))
        let changes: [CartCommand.Change] = [
            .create(currency: nil), .addLine(try item()), .setQuantity(LineID(1), 5),
            .setQuantity(LineID(1), 6),
            .removeLine(LineID(1)), .clear, .delete,
        ]
        for change in changes {
            let mismatch = CartRejection.versionMismatch(expected: 1, actual: 2)
            #expect(subject.refusal(change, expected: 1) == mismatch, "\(change)")
            #expect(subject.refusal(change, expected: 2) == nil, "\(change)")
        }
    }

    @Test func `a cart that does not exist is at version 0`() throws {
        let subject = Subject()
        let create = CartCommand.Change.create(currency: nil)
        #expect(subject.refusal(create, expected: 0) == nil)
        #expect(subject.refusal(create, expected: 4) == .versionMismatch(expected: 4, actual: 0))
    }

    @Test func `a change that fails at any version does not fail for its version`() throws {
        #expect(Subject().refusal(.clear, expected: 9) == .cartNotFound)
        #expect(try Subject.deleted().refusal(.clear, expected: 9) == .cartDeleted(at: t1))
        var subject = try Subject.open()
        try subject.does(.addLine(item("apple", 9_999)))
        #expect(subject.refusal(.removeLine(LineID(7)), expected: 9) == .lineNotFound(LineID(7)))
        let usd = try currency("USD")
        let mismatch = CartRejection.currencyMismatch(cart: try currency("EUR"), given: usd)
        #expect(subject.refusal(.addLine(try item(in: "USD")), expected: 9) == mismatch)
        let full = CartRejection.limit(.quantity, maximum: 9_999, actual: 10_000)
        #expect(subject.refusal(.addLine(try item()), expected: 9) == full)
    }

    @Test func `a second delete succeeds at whatever expected version`() throws {
        var subject = try Subject.deleted()
        #expect(try subject.does(.delete, expected: 2) == .unchanged)
    }

    @Test func `a deleted cart is at version 0, and a create bound to another does not bring it back`() throws
    {
        let subject = try Subject.deleted()
        let create = CartCommand.Change.create(currency: nil)
        #expect(subject.refusal(create, expected: 0) == nil)
        for version in 2...4 as ClosedRange<UInt64> {
            #expect(
                subject.refusal(create, expected: version)
                    == .versionMismatch(expected: version, actual: 0)
            )
        }
    }

    @Test func `a create that was made is recalled after a deletion, whatever version it expects`() throws {
        var subject = Subject()
        let (create, first) = (CartCommand.Change.create(currency: nil), operation(7))
        #expect(try subject.takes(create, as: first).effect == .created)
        try subject.does(.delete)
        #expect(try subject.takes(create, as: first, expected: subject.version).replayed != nil)
        #expect(subject.state.cart == nil)
    }
}
