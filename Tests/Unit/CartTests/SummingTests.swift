import Testing

@testable import Cart

/// Added items that are more of a line, and those that are lines of their own.
@Suite struct SummingTests {
    @Test func `the same SKU, price and attributes add up in the old place`() throws {
        var subject = try Subject.open()
        try subject.does(.addLine(item("a", 2, with: ["size": "L", "gift": "no"])), at: t1)
        try subject.does(.addLine(item("b")))
        let effect = try subject.does(.addLine(item("a", 3, with: ["gift": "no", "size": "L"])), at: t2)
        #expect(effect == .lineIncreased(LineID(1)))
        #expect(subject.lines.map(\.quantity) == [5, 1])
        #expect(subject.lines.first?.addedAt == t1 && subject.state.cart?.updatedAt == t2)
    }

    @Test func `another SKU, price or attribute is a line of its own`() throws {
        var subject = try Subject.open()
        try subject.does(.addLine(item("a", with: ["size": "L"])))
        try subject.does(.addLine(item("A", with: ["size": "L"])))
        try subject.does(.addLine(item("a", at: 101, with: ["size": "L"])))
        try subject.does(.addLine(item("a", with: ["size": "M"])))
        try subject.does(.addLine(item("a", with: ["size": "L", "gift": "yes"])))
        try subject.does(.addLine(item("a")))
        #expect(subject.lines.map(\.quantity) == [1, 1, 1, 1, 1, 1])
    }

    @Test func `a SKU of other bytes is another product, also where it looks the same`() throws {
        var subject = try Subject.open()
        let (composed, decomposed) = ("Gr\u{F6}\u{DF}e-42", "Gro\u{308}\u{DF}e-42")
        #expect(composed == decomposed)
        for sku in [composed, decomposed, composed] { try subject.does(.addLine(item(sku))) }
        #expect(subject.lines.map(\.quantity) == [2, 1])
        #expect(subject.lines.map { Array($0.sku.utf8) } == [composed, decomposed].map { Array($0.utf8) })
    }

    @Test func `the newest name that was given stays`() throws {
        var subject = try Subject.open()
        try subject.does(.addLine(item("a")))
        #expect(subject.lines.first?.name == nil)
        try subject.does(.addLine(item("a", name: "Apple")))
        try subject.does(.addLine(item("a")))
        #expect(subject.lines.first?.name == "Apple")
        try subject.does(.addLine(item("a", name: "Red apple")))
        #expect(subject.lines.map(\.name) == ["Red apple"])
        #expect(subject.lines.map(\.quantity) == [4])
    }

    @Test func `a name that is the same makes no event`() throws {
        var subject = try Subject.open()
        try subject.does(.addLine(item("a", name: "Apple")))
        let command = CartCommand.change(.addLine(try item("a", name: "Apple")), at: t2)
        guard case .accept(let events, _) = decider.decide(command, on: subject.state, version: 2) else {
            Issue.record("refused")
            return
        }
        #expect(events == [.quantityChanged(LineID(1), quantity: 2, at: t2)])
    }

    @Test func `attributes are ordered by key and the later of two values stays`() {
        let attributes = Attributes([(key: "b", value: "1"), (key: "a", value: "2"), (key: "b", value: "3")])
        #expect(attributes.entries.map(\.key) == ["a", "b"])
        #expect(attributes["b"] == "3" && attributes["c"] == nil)
        #expect(attributes.count == 2 && attributes.bytes == 4)
    }
}
