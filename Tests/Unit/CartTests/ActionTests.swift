import Testing

@testable import Cart

/// Set prices, reduced quantities, and batches.
@Suite struct ActionTests {
    static func money(_ amount: Int64, _ code: String = "EUR") throws -> Money {
        Money(minorUnits: amount, currency: try currency(code))
    }

    @Test func `a price is set in the cart's currency alone`() throws {
        var subject = try OperationTests.stocked()
        #expect(try subject.does(.setPrice(LineID(1), Self.money(7)), at: t2) == .priceChanged(LineID(1)))
        #expect(subject.lines.map(\.unitPrice) == [7, 100])
        #expect(subject.state.cart?.totals?.subtotal == 135 && subject.state.cart?.updatedAt == t2)
        #expect(try subject.does(.setPrice(LineID(1), Self.money(7))) == .unchanged)
        let mismatch = CartRejection.currencyMismatch(cart: try currency("EUR"), given: try currency("USD"))
        #expect(subject.refusal(.setPrice(LineID(1), try Self.money(7, "USD"))) == mismatch)
        #expect(subject.refusal(.setPrice(LineID(9), try Self.money(7))) == .lineNotFound(LineID(9)))
        for amount in [-1, 1_000_000_000_000] as [Int64] {
            let fieldError = CartRejection.FieldError.outOfRange(
                minimum: 0,
                maximum: 999_999_999_999,
                actual: amount
            )
            let refusal = subject.refusal(.setPrice(LineID(1), try Self.money(amount)))
            #expect(refusal == .invalid(.unitPrice, fieldError))
        }
    }

    @Test func `ordered quantities are taken out, and what was added since stays`() throws {
        var subject = try OperationTests.stocked()
        try subject.does(.addLine(item("apple", 2)))
        let ordered = [LineQuantity(LineID(1), 5), LineQuantity(LineID(2), 3), LineQuantity(LineID(9), 1)]
        #expect(try subject.does(.takeOut(ordered)) == .takenOut)
        #expect(subject.lines.map(\.sku) == ["apple"] && subject.lines.map(\.quantity) == [2])
        #expect(try subject.does(.takeOut([LineQuantity(LineID(2), 1)])) == .unchanged)
        // A line that is named twice is taken out of twice.
        try subject.does(.takeOut([LineQuantity(LineID(1), 1), LineQuantity(LineID(1), 1)]))
        #expect(subject.lines.isEmpty)
    }

    @Test func `an empty or too large removal of quantities is refused`() throws {
        let subject = try OperationTests.stocked()
        #expect(subject.refusal(.takeOut([])) == .invalid(.takenLines, .empty))
        let many = Array(repeating: LineQuantity(LineID(1), 1), count: 501)
        #expect(subject.refusal(.takeOut(many)) == .invalid(.takenLines, .tooLong(maximum: 500, actual: 501)))
        for quantity in [0, -1, 10_000, .min] as [Int64] {
            let fieldError = CartRejection.FieldError.outOfRange(minimum: 1, maximum: 9_999, actual: quantity)
            let parts = [LineQuantity(LineID(1), 1), LineQuantity(LineID(2), quantity)]
            #expect(subject.refusal(.takeOut(parts)) == .invalid(.takenQuantity(1), fieldError))
        }
    }

    @Test func `a batch applies all its actions in order, as one version`() throws {
        var subject = try OperationTests.stocked()
        let actions: [CartCommand.Change] = [
            .addLine(try item("plum")), .addLine(try item("plum")), .setQuantity(LineID(3), 2),
            .setPrice(LineID(1), try Self.money(1)), .removeLine(LineID(2)),
            .takeOut([LineQuantity(LineID(1), 1)]), DetailsTests.change { $0.note = .set("n") },
        ]
        let effects: [CartOutcome.Effect] = [
            .lineAdded(LineID(3)), .lineIncreased(LineID(3)), .unchanged, .priceChanged(LineID(1)),
            .lineRemoved(LineID(2)), .takenOut, .detailsChanged,
        ]
        #expect(try subject.does(.actions(actions)) == .actions(ActionEffects(effects)))
        #expect(subject.version == 4 && subject.lines.map(\.sku) == ["apple", "plum"])
        #expect(subject.lines.map(\.quantity) == [4, 2] && subject.lines.first?.unitPrice == 1)
        #expect(subject.state.cart?.details.note == "n")
        #expect(
            try subject.does(.actions([.clear, .clear])) == .actions(ActionEffects([.cleared, .unchanged]))
        )
        #expect(try subject.does(.actions([.clear])) == .actions(ActionEffects([.unchanged])))
        #expect(subject.version == 5)
    }

    @Test func `the changes of details in a batch become one event`() throws {
        let subject = try OperationTests.stocked()
        let changes = (1...40).flatMap { number in
            [
                DetailsTests.change { $0.note = .set("note \(number)") },
                .setQuantity(LineID(1), Int64(number + 100)),
            ]
        }
        func events(_ changes: [CartCommand.Change]) throws -> [CartEvent] {
            let command = CartCommand.change(.actions(changes), at: t2)
            guard case .accept(let events, _) = decider.decide(command, on: subject.state, version: 3) else {
                Issue.record("refused")
                return []
            }
            return events
        }
        let made = try events(changes)
        var last = DetailsChange()
        last.note = .set("note 40")
        #expect(made.count == 41 && made.last == .detailsPatched(last, at: t2))
        var after = subject.state
        for event in made { after.apply(event) }
        #expect(after.cart?.details.note == "note 40" && after.cart?.lines.first?.quantity == 140)
        let undone = [DetailsTests.change { $0.note = .set("n") }, DetailsTests.change { $0.note = .unset }]
        #expect(try events(undone).isEmpty)
    }

    @Test func `one refused action refuses the whole batch and is named`() throws {
        var subject = try OperationTests.stocked()
        let before = subject.state
        let good = CartCommand.Change.addLine(try item("plum"))
        #expect(
            subject.refusal(.actions([good, .removeLine(LineID(9))])) == .action(1, .lineNotFound(LineID(9)))
        )
        let negative = CartRejection.FieldError.outOfRange(minimum: 0, maximum: 9_999, actual: -1)
        #expect(
            subject.refusal(.actions([.setQuantity(LineID(1), -1), good]))
                == .action(0, .invalid(.quantity, negative))
        )
        for change in [.create(currency: nil), .delete, .actions([good]), .cancelCheckout]
            as [CartCommand.Change]
        {
            #expect(subject.refusal(.actions([good, change])) == .action(1, .invalid(.actions, .unknown)))
        }
        #expect(subject.refusal(.actions([])) == .invalid(.actions, .empty))
        let many = CartCommand.Change.actions(Array(repeating: good, count: 101))
        #expect(subject.refusal(many) == .invalid(.actions, .tooLong(maximum: 100, actual: 101)))
        #expect(subject.refusal(.actions([good]), expected: 9) == .versionMismatch(expected: 9, actual: 3))
        #expect(subject.state == before)
        #expect(try subject.does(.actions([good]), expected: 3) != .unchanged)
    }

    @Test func `a repeated key gets the first answer, for actions and checkouts too`() throws {
        let changes: [CartCommand.Change] = [
            .setPrice(LineID(1), try Self.money(3)), .takeOut([LineQuantity(LineID(1), 1)]),
            .actions([.addLine(try item("plum")), .clear]), DetailsTests.change { $0.note = .set("n") },
            .checkOut(OrderID(try CartID("o"))), .cancelCheckout,
        ]
        for change in changes {
            var subject = try OperationTests.stocked()
            let first = try subject.takes(change, as: operation(1), expected: 3)
            let after = subject
            let again = try subject.takes(change, as: operation(1), at: t2, expected: 3)
            #expect(again == CartOutcome(effect: first.effect, replayed: 4), "\(change)")
            #expect(subject.state == after.state && subject.version == 4, "\(change)")
        }
    }

    @Test func `a dry run answers as the change would and changes nothing`() throws {
        let subject = try OperationTests.stocked()
        for (change, effect) in try OperationTests.changes() {
            let command = CartCommand.dryRun(change, at: t2, expected: 3, operation: operation(1))
            #expect(command.isRead && !command.mayCreate)
            let decision = decider.decide(command, on: subject.state, version: 3)
            #expect(decision == .accept([], CartOutcome(effect: effect)), "\(change)")
        }
        let refused = CartCommand.dryRun(.clear, at: t2, expected: 2)
        let mismatch = CartRejection.versionMismatch(expected: 2, actual: 3)
        #expect(decider.decide(refused, on: subject.state, version: 3) == .reject(mismatch))
    }

    @Test func `an effect is no larger than a pointer`() {
        #expect(MemoryLayout<CartOutcome.Effect>.size <= 8)
        #expect(MemoryLayout<AppliedOperation>.stride == 48)
    }
}
