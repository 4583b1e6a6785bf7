import Testing

@testable import Cart

/// Every command on every state.
@Suite struct CommandTableTests {
    static func changesOfExisting() throws -> [CartCommand.Change] {
        [
            .addLine(try item()), .setQuantity(LineID(1), 2), .setQuantity(LineID(1), 0),
            .removeLine(LineID(1)), .clear,
            .delete,
        ]
    }

    @Test func `no command but create finds a cart that was never created`() throws {
        let subject = Subject()
        #expect(decider.decide(.read, on: .none, version: 0) == .reject(.cartNotFound))
        for change in try Self.changesOfExisting() {
            #expect(subject.refusal(change) == .cartNotFound, "\(change)")
        }
    }

    @Test func `a deleted cart is gone for every command but create and delete`() throws {
        let subject = try Subject.deleted()
        let gone = CartRejection.cartDeleted(at: t1)
        #expect(decider.decide(.read, on: subject.state, version: 3) == .reject(gone))
        for change in try Self.changesOfExisting() where change != .delete {
            #expect(subject.refusal(change) == gone, "\(change)")
        }
    }

    @Test func `create brings an empty cart into being`() throws {
        var subject = Subject()
        let eur = try currency("EUR")
        #expect(try subject.does(.create(currency: eur), at: t0) == .created)
        let empty = OpenCart(currency: eur, lines: [], lastLine: LineID(0), createdAt: t0, updatedAt: t0)
        #expect(subject.state == .open(empty))
    }

    @Test func `create of an open cart changes nothing and says that it existed`() throws {
        var subject = try Subject.open()
        try subject.does(.addLine(item()))
        let before = subject
        #expect(try subject.does(.create(currency: nil), at: t2) == .existed)
        #expect(try subject.does(.create(currency: currency("EUR")), at: t2) == .existed)
        #expect(subject.state == before.state && subject.version == before.version)
    }

    @Test func `create in another currency than the open cart's is refused`() throws {
        var subject = try Subject.open()
        try subject.does(.addLine(item(in: "EUR")))
        let refusal = CartRejection.currencyMismatch(cart: try currency("EUR"), given: try currency("USD"))
        #expect(subject.refusal(.create(currency: try currency("USD"))) == refusal)
    }

    @Test func `create after a deletion gives a new empty cart in any currency`() throws {
        var subject = try Subject.deleted()
        #expect(try subject.does(.create(currency: currency("USD")), at: t2) == .created)
        let cart = try #require(subject.state.cart)
        #expect(cart.lines.isEmpty && cart.createdAt == t2)
        #expect(cart.currency == (try currency("USD")))
    }

    @Test func `a read shows the open cart and has no events`() throws {
        let subject = try Subject.open()
        let shown = CartOutcome(effect: .read)
        #expect(decider.decide(.read, on: subject.state, version: 1) == .accept([], shown))
    }

    @Test func `addLine of something new appends a line`() throws {
        var subject = try Subject.open()
        #expect(
            try subject.does(.addLine(item("a", name: "A", 2, at: 5, with: ["k": "v"])), at: t1)
                == .lineAdded(LineID(1))
        )
        #expect(try subject.does(.addLine(item("b")), at: t2) == .lineAdded(LineID(2)))
        let attributes = Attributes([(key: "k", value: "v")])
        let line = Line(
            id: LineID(1),
            sku: "a",
            name: "A",
            quantity: 2,
            unitPrice: 5,
            attributes: attributes,
            addedAt: t1
        )
        #expect(subject.lines.first == line)
        #expect(subject.lines.map(\.sku) == ["a", "b"])
        #expect(subject.state.cart?.updatedAt == t2)
    }

    @Test func `setQuantity is absolute`() throws {
        var subject = try Subject.open()
        try subject.does(.addLine(item("a", 5)))
        #expect(try subject.does(.setQuantity(LineID(1), 3)) == .quantityChanged(LineID(1)))
        #expect(subject.lines.map(\.quantity) == [3])
    }

    @Test func `setQuantity to 0 removes the line`() throws {
        var subject = try Subject.open()
        try subject.does(.addLine(item("a")))
        try subject.does(.addLine(item("b")))
        #expect(try subject.does(.setQuantity(LineID(1), 0)) == .lineRemoved(LineID(1)))
        #expect(subject.lines.map(\.sku) == ["b"])
    }

    @Test func `setQuantity to the present value makes no version`() throws {
        var subject = try Subject.open()
        try subject.does(.addLine(item("a", 5)))
        #expect(try subject.does(.setQuantity(LineID(1), 5), at: t2) == .unchanged)
        #expect(subject.version == 2 && subject.state.cart?.updatedAt == t1)
    }

    @Test func `removeLine takes out that line alone`() throws {
        var subject = try Subject.open()
        for sku in ["a", "b", "c"] { try subject.does(.addLine(item(sku))) }
        #expect(try subject.does(.removeLine(LineID(2))) == .lineRemoved(LineID(2)))
        #expect(subject.lines.map(\.sku) == ["a", "c"])
    }

    @Test func `an unknown line can neither be set nor removed`() throws {
        let subject = try Subject.open()
        #expect(subject.refusal(.setQuantity(LineID(7), 1)) == .lineNotFound(LineID(7)))
        #expect(subject.refusal(.setQuantity(LineID(7), 0)) == .lineNotFound(LineID(7)))
        #expect(subject.refusal(.removeLine(LineID(7))) == .lineNotFound(LineID(7)))
    }

    @Test func `clear empties the cart once and then has nothing to do`() throws {
        var subject = try Subject.open()
        try subject.does(.addLine(item()))
        #expect(try subject.does(.clear) == .cleared)
        #expect(subject.lines.isEmpty && subject.version == 3)
        #expect(try subject.does(.clear) == .unchanged)
        #expect(subject.version == 3)
    }

    @Test func `delete ends the cart once and then has nothing to do`() throws {
        var subject = try Subject.open()
        #expect(try subject.does(.delete, at: t1) == .deleted)
        #expect(subject.state == .deleted(at: t1, lastLine: LineID(0)) && subject.version == 2)
        #expect(try subject.does(.delete, at: t2) == .unchanged)
        #expect(subject.state == .deleted(at: t1, lastLine: LineID(0)) && subject.version == 2)
    }

    @Test func `only read is a read and only create may create`() throws {
        #expect(CartCommand.read.isRead && !CartCommand.read.mayCreate)
        for change in try Self.changesOfExisting() {
            let command = CartCommand.change(change, at: t0)
            #expect(!command.isRead && !command.mayCreate, "\(change)")
        }
        let create = CartCommand.change(.create(currency: nil), at: t0)
        #expect(!create.isRead && create.mayCreate)
    }
}
