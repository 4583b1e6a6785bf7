import Testing

@testable import Cart

/// Which changes a store without room may take.
@Suite struct ReductionTests {
    /// A cart with two lines and a note.
    private func subject() throws -> Subject {
        var subject = try Subject.open()
        try subject.does(.addLine(item("apple", 3)))
        try subject.does(.addLine(item("pear", 2)))
        var details = DetailsChange()
        details.note = .set("no bag")
        details.attributes = .set([.init(key: "gift", value: "yes"), .init(key: "wrap", value: "red")])
        details.discountCodes = .set(["A", "B"])
        try subject.does(.setDetails(details))
        return subject
    }

    private func isReduction(_ change: CartCommand.Change, as key: CartOperation? = nil) throws -> Bool {
        var subject = try subject()
        let before = subject.state
        try subject.takes(change, as: key, at: t2)
        return before.isReduced(to: subject.state)
    }

    @Test func `what goes or becomes less is a reduction, also under a key`() throws {
        let first = LineID(1)
        for change in [
            .removeLine(first), .setQuantity(first, 0), .setQuantity(first, 2), .clear, .delete,
            .takeOut([LineQuantity(first, 1), LineQuantity(LineID(2), 2)]),
            .actions([.removeLine(first), .setQuantity(LineID(2), 1)]),
        ] as [CartCommand.Change] {
            #expect(try isReduction(change), "\(change)")
            #expect(try isReduction(change, as: operation(7)), "\(change)")
        }
    }

    @Test func `what adds or replaces anything is none`() throws {
        let first = LineID(1)
        for change in [
            .addLine(try item("plum")), .addLine(try item("apple")), .setQuantity(first, 4),
            .setPrice(first, Money(minorUnits: 1, currency: try currency("EUR"))),
            .actions([.removeLine(first), .addLine(try item("plum"))]),
            .actions([.removeLine(first), .setQuantity(LineID(2), 3)]),
        ] as [CartCommand.Change] {
            #expect(try !isReduction(change), "\(change)")
        }
        var subject = try subject()
        let before = subject.state
        try subject.does(.checkOut(OrderID(try CartID("o"))), expected: subject.version)
        #expect(!before.isReduced(to: subject.state))
    }

    @Test func `a remembered operation alone is none`() throws {
        #expect(try !isReduction(.setQuantity(LineID(1), 3), as: operation(7)))
        #expect(!(try subject().state.isReduced(to: try subject().state)))
    }

    @Test func `details that are removed are a reduction, and new ones none`() throws {
        var removal = DetailsChange()
        removal.note = .unset
        #expect(try isReduction(.setDetails(removal)))
        removal.attributes = .set([.init(key: "gift", value: nil)])
        removal.discountCodes = .set(["B"])
        #expect(try isReduction(.setDetails(removal)))
        removal.attributes = .set([.init(key: "gift", value: "no")])
        #expect(try !isReduction(.setDetails(removal)))
        var addition = DetailsChange()
        addition.note = .unset
        addition.discountCodes = .set(["B", "C"])
        #expect(try !isReduction(.setDetails(addition)))
        addition = DetailsChange()
        addition.note = .set("other")
        addition.email = .set("a@example.org")
        #expect(try !isReduction(.setDetails(addition)))
    }

    @Test func `a cancelled order is a reduction, and a deleted cart is created again by none`() throws {
        var subject = try subject()
        try subject.does(.checkOut(OrderID(try CartID("o"))), expected: subject.version)
        let ordered = subject.state
        try subject.does(.cancelCheckout)
        #expect(ordered.isReduced(to: subject.state))
        try subject.does(.delete)
        let deleted = subject.state
        #expect(ordered.isReduced(to: deleted))
        #expect(!deleted.isReduced(to: deleted))
        try subject.does(.create(currency: nil))
        #expect(!deleted.isReduced(to: subject.state))
    }
}
