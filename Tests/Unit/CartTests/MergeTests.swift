import Testing

@testable import Cart

/// The target of a merge: it takes another cart's lines once, or never.
@Suite struct MergeTests {
    static func line(_ sku: String, _ quantity: Int32, at price: Int64 = 100) -> Line {
        Line(id: LineID(9), sku: sku, name: "n", quantity: quantity, unitPrice: price, addedAt: t0)
    }

    static func take(
        _ lines: [Line],
        by strategy: MergeStrategy = .add,
        _ digest: UInt128 = 7,
        attempt: UInt64 = 4,
        basis: UInt64 = 0,
        in code: String = "EUR"
    ) throws -> CartCommand.Change {
        let offer = MergeOffer(digest: digest, attempt: attempt, basis: basis)
        return .takeOver(offer, strategy, lines: lines, currency: try currency(code))
    }

    @Test(arguments: [
        (MergeStrategy.add, 8 as Int32), (.max, 5), (.mine, 5), (.theirs, 3),
    ])
    func `a strategy says which quantity counts where both carts have the line`(
        strategy: MergeStrategy,
        apples: Int32
    ) throws {
        var subject = try OperationTests.stocked()
        let lines = [Self.line("apple", 3), Self.line("apple", 2, at: 99), Self.line("plum", 4)]
        #expect(try subject.does(Self.take(lines, by: strategy)) == .merged)
        #expect(subject.lines.map(\.sku) == ["apple", "pear", "apple", "plum"])
        #expect(subject.lines.map(\.quantity) == [apples, 1, 2, 4])
        #expect(subject.lines.map(\.id.number) == [1, 2, 3, 4] && subject.lines.first?.name == nil)
        #expect(subject.version == 4)
    }

    @Test func `an offer is taken once, whatever version is expected`() throws {
        var subject = try OperationTests.stocked()
        let change = try Self.take([Self.line("plum", 1)])
        try subject.does(change, expected: 3)
        #expect(try subject.does(change, expected: 3) == .unchanged)
        try subject.does(.checkOut(ClosedTests.order()), expected: 4)
        #expect(try subject.does(change) == .unchanged)
        try subject.does(.delete)
        #expect(try subject.does(change) == .unchanged)
        try subject.does(.create(currency: nil))
        #expect(try subject.does(change) == .unchanged)
        #expect(subject.lines.isEmpty)
        // A closing of a cart that was created anew is another offer.
        #expect(try subject.does(Self.take([Self.line("plum", 1)], attempt: 9)) == .merged)
    }

    @Test func `what was declined is never taken, and what was taken is never declined`() throws {
        var subject = try OperationTests.stocked()
        let offer = MergeOffer(digest: 7, attempt: 4, basis: 0)
        #expect(try subject.does(.declineMerge(offer)) == .mergeDeclined)
        #expect(try subject.does(.declineMerge(offer)) == .unchanged)
        #expect(subject.refusal(try Self.take([])) == .mergeDeclined)
        #expect(subject.refusal(try Self.take([], attempt: 3)) == .mergeDeclined)
        #expect(try subject.does(Self.take([Self.line("plum", 1)], attempt: 6)) == .merged)
        #expect(subject.refusal(.declineMerge(MergeOffer(digest: 7, attempt: 6, basis: 0))) == .mergeTaken)
        #expect(subject.state.cart?.updatedAt == t1)
    }

    @Test func `a cart declines in every state but none`() throws {
        let offer = MergeOffer(digest: 3, attempt: 1, basis: 0)
        for subject in [
            try Subject.open(), try Subject.deleted(), try ClosedTests.ordered(), try ClosedTests.closing(),
            try ClosedTests.merged(),
        ] {
            var subject = subject
            #expect(try subject.does(.declineMerge(offer)) == .mergeDeclined)
            #expect(subject.state.merges.status(of: offer) == .declined)
        }
        #expect(Subject().refusal(.declineMerge(offer)) == .cartNotFound)
    }

    @Test func `limits and currency refuse a merge whole`() throws {
        var limits = CartLimits()
        limits.lines = 3
        limits.quantity = 10
        var subject = try OperationTests.stocked()
        subject.decider = CartDecider(limits: limits)
        let before = subject.state
        let plums = Self.line("plum", 1)
        #expect(
            subject.refusal(try Self.take([plums, Self.line("fig", 1)]))
                == .limit(.lines, maximum: 3, actual: 4)
        )
        #expect(
            subject.refusal(try Self.take([plums, Self.line("apple", 6)]))
                == .limit(.quantity, maximum: 10, actual: 11)
        )
        #expect(
            subject.refusal(try Self.take([Self.line("fig", 11)]))
                == .limit(.quantity, maximum: 10, actual: 11)
        )
        let mismatch = CartRejection.currencyMismatch(cart: try currency("EUR"), given: try currency("USD"))
        #expect(subject.refusal(try Self.take([plums], in: "USD")) == mismatch)
        #expect(subject.refusal(try Self.take([], in: "USD")) == nil)
        #expect(subject.state == before)
    }

    @Test func `a merge that may be forgotten is refused, and one that began later is not`() throws {
        var limits = CartLimits()
        limits.merges = 2
        var subject = try Subject.open(limits: limits)
        for digest in 1...3 as ClosedRange<UInt128> { try subject.does(Self.take([], digest)) }
        #expect(subject.state.merges.count == 3 && subject.state.merges.forgotten == 1)
        #expect(subject.refusal(try Self.take([], 1, basis: 0)) == .mergeForgotten)
        #expect(subject.refusal(try Self.take([], 9, basis: 0)) == .mergeForgotten)
        #expect(
            subject.refusal(.declineMerge(MergeOffer(digest: 9, attempt: 1, basis: 0))) == .mergeForgotten
        )
        #expect(subject.refusal(try Self.take([], 9, basis: 1)) == nil)
        #expect(try subject.does(Self.take([], 3, basis: 0)) == .unchanged)
    }

    @Test func `lines without a positive quantity are not taken`() throws {
        var subject = try OperationTests.stocked()
        try subject.does(Self.take([Self.line("apple", -3), Self.line("plum", 0), Self.line("fig", .min)]))
        #expect(subject.lines.map(\.quantity) == [5, 1])
    }

    @Test func `a cart is not merged into itself, nor by a name that is none`() throws {
        let id = try CartID("s")
        let itself = MergeRequest(id: "m", source: id, target: id, strategy: .add, digest: 1)
        #expect(throws: CartRejection.invalid(.mergeSource, .malformed)) { try itself.validate() }
        let mergeRequest = MergeRequest(
            id: "a b",
            source: id,
            target: try CartID("t"),
            strategy: .add,
            digest: 1
        )
        #expect(throws: CartRejection.invalid(.mergeID, .forbiddenCharacter(offset: 1))) {
            try mergeRequest.validate()
        }
    }
}
