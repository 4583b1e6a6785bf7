import Testing

@testable import Cart

/// Carts that are ordered, on the way to another, or merged: every change on every one of them.
@Suite struct ClosedTests {
    static func id(_ text: String) throws -> CartID { try CartID(text) }

    static func order(_ text: String = "o-1") throws -> OrderID { OrderID(try CartID(text)) }

    static func mergeRequest(_ digest: UInt128 = 7) throws -> MergeRequest {
        MergeRequest(
            id: "m-\(digest)",
            source: try id("s"),
            target: try id("t"),
            strategy: .add,
            digest: digest
        )
    }

    /// Ordered at version 3 with two lines; at version 4.
    static func ordered() throws -> Subject {
        var subject = try OperationTests.stocked()
        #expect(try subject.does(.checkOut(order()), at: t2, expected: 3) == .checkedOut)
        return subject
    }

    /// Closed for merge 7 as version 4.
    static func closing() throws -> Subject {
        var subject = try OperationTests.stocked()
        #expect(try subject.does(.handOver(mergeRequest(), basis: 2)) == .handedOver)
        return subject
    }

    /// Of a cart that was created at 1 000 ms.
    static let attempt: UInt64 = 1_000 << 22 + 4

    static let offer = MergeOffer(digest: 7, attempt: attempt, basis: 2)

    static func merged() throws -> Subject {
        var subject = try closing()
        #expect(try subject.does(.finishHandOver(offer), at: t2) == .handOverFinished)
        return subject
    }

    /// Changes that a cart refuses in every state but open.
    static func changes() throws -> [CartCommand.Change] {
        [
            .create(currency: nil), .addLine(try item()), .setQuantity(LineID(1), 1), .removeLine(LineID(1)),
            .clear, DetailsTests.change { $0.note = .set("n") },
            .setPrice(LineID(1), try ActionTests.money(1)),
            .takeOut([LineQuantity(LineID(1), 1)]), .actions([.clear]),
            .handOver(try mergeRequest(8), basis: 0),
            .takeOver(MergeOffer(digest: 9, attempt: 1, basis: 0), .add, lines: [], currency: nil),
        ]
    }

    @Test func `an order is the cart as it was`() throws {
        let before = try OperationTests.stocked()
        let subject = try Self.ordered()
        guard case .checkedOut(let cart, let order) = subject.state else {
            Issue.record("\(subject.state)")
            return
        }
        #expect(order == CartOrder(id: try Self.order(), version: 3, at: t2))
        #expect(cart.lines == before.lines && cart.updatedAt == t2)
        #expect(subject.state.cart == nil && subject.state.contents == cart)
    }

    @Test func `an order refuses every change by its name, but for cancelling and deletion`() throws {
        var subject = try Self.ordered()
        let refusal = CartRejection.cartCheckedOut(order: try Self.order())
        for change in try Self.changes() { #expect(subject.refusal(change) == refusal, "\(change)") }
        for change in [.finishHandOver(Self.offer), .undoHandOver(Self.offer)] as [CartCommand.Change] {
            #expect(subject.refusal(change) == refusal)
        }
        #expect(subject.refusal(.checkOut(try Self.order("o-2")), expected: 4) == refusal)
        #expect(try subject.does(.checkOut(Self.order("o-2")), expected: 3) == .unchanged)
        #expect(subject.version == 4)
        var gone = subject
        #expect(try gone.does(.delete) == .deleted)
        #expect(try subject.does(.cancelCheckout) == .checkoutCancelled)
        #expect(subject.lines.count == 2)
        #expect(try subject.does(.cancelCheckout) == .unchanged)
        #expect(try subject.does(.checkOut(Self.order("o-2")), expected: 5) == .checkedOut)
    }

    @Test func `a checkout needs a version and something in the cart`() throws {
        var subject = try OperationTests.stocked()
        #expect(subject.refusal(.checkOut(try Self.order())) == .invalid(.version, .empty))
        #expect(
            subject.refusal(.checkOut(try Self.order()), expected: 2)
                == .versionMismatch(expected: 2, actual: 3)
        )
        try subject.does(.clear)
        #expect(subject.refusal(.checkOut(try Self.order()), expected: 4) == .cartEmpty)
    }

    @Test func `a closed cart refuses every change and points to where its lines go`() throws {
        var subject = try Self.closing()
        let refusal = CartRejection.cartMerged(into: try Self.id("t"), merge: "m-7")
        for change in try Self.changes() + [.delete, .cancelCheckout] {
            #expect(subject.refusal(change) == refusal, "\(change)")
        }
        #expect(subject.refusal(.checkOut(try Self.order()), expected: 4) == refusal)
        for offer in [
            MergeOffer(digest: 7, attempt: Self.attempt - 1, basis: 2),
            MergeOffer(digest: 8, attempt: Self.attempt, basis: 2),
        ] {
            #expect(subject.refusal(.finishHandOver(offer)) == refusal)
            #expect(subject.refusal(.undoHandOver(offer)) == refusal)
        }
        #expect(try subject.does(.handOver(Self.mergeRequest(), basis: 9)) == .unchanged)
        let handover = Handover(
            merge: "m-7",
            target: try Self.id("t"),
            digest: 7,
            attempt: Self.attempt,
            basis: 2
        )
        guard case .closing(_, handover) = subject.state else {
            Issue.record("\(subject.state)")
            return
        }
        #expect(try subject.does(.undoHandOver(Self.offer)) == .handOverUndone)
        #expect(subject.lines.count == 2)
        #expect(try subject.does(.undoHandOver(Self.offer)) == .unchanged)
        #expect(subject.refusal(.finishHandOver(Self.offer)) == .mergeNotUnderWay)
    }

    @Test func `a merged cart refuses every change but its deletion, and keeps no lines`() throws {
        var subject = try Self.merged()
        let refusal = CartRejection.cartMerged(into: try Self.id("t"), merge: "m-7")
        for change in try Self.changes() + [.cancelCheckout, .undoHandOver(Self.offer)] {
            #expect(subject.refusal(change) == refusal, "\(change)")
        }
        #expect(try subject.does(.handOver(Self.mergeRequest(), basis: 0)) == .unchanged)
        #expect(try subject.does(.finishHandOver(Self.offer)) == .unchanged)
        #expect(subject.state.contents == nil && subject.version == 5)
        let shown = CartOutcome(effect: .read)
        #expect(decider.decide(.read, on: subject.state, version: 5) == .accept([], shown))
        #expect(try subject.does(.delete) == .deleted)
        #expect(try subject.does(.create(currency: nil)) == .created)
        #expect(try subject.does(.addLine(item())) == .lineAdded(LineID(3)))
    }

    @Test func `operations are remembered in every state and answered again in every other`() throws {
        var subject = try OperationTests.stocked()
        let steps: [CartCommand.Change] = [
            .checkOut(try Self.order()), .cancelCheckout, .handOver(try Self.mergeRequest(), basis: 0),
            .declineMerge(MergeOffer(digest: 1, attempt: 1, basis: 0)),
        ]
        for (number, change) in steps.enumerated() {
            try subject.takes(change, as: operation(UInt64(number)), expected: subject.version)
        }
        guard case .closing(_, let handover) = subject.state else {
            Issue.record("\(subject.state)")
            return
        }
        try subject.takes(.finishHandOver(MergeOffer(handover)), as: operation(9))
        for (number, change) in steps.enumerated() {
            let again = try subject.takes(change, as: operation(UInt64(number)))
            #expect(again.replayed == UInt64(number) + 4, "\(change)")
        }
        #expect(subject.state.operations?.kept.count == 5)
    }

    @Test func `each closing has a higher number, also of a cart whose versions began anew`() throws {
        var attempts: [UInt64] = []
        for at in [t0, t1] {
            var subject = Subject()
            try subject.does(.create(currency: nil), at: at)
            for _ in 0..<2 {
                try subject.does(.handOver(Self.mergeRequest(), basis: 0))
                guard case .closing(_, let handover) = subject.state else {
                    Issue.record("\(subject.state)")
                    return
                }
                attempts.append(handover.attempt)
                try subject.does(.undoHandOver(MergeOffer(handover)))
            }
        }
        #expect(attempts == attempts.sorted() && Set(attempts).count == 4)
        for absurd in [Int64.min, .max] {
            var subject = Subject()
            try subject.does(.create(currency: nil), at: Timestamp(milliseconds: absurd))
            #expect(try subject.does(.handOver(Self.mergeRequest(), basis: 0)) == .handedOver)
        }
    }
}
