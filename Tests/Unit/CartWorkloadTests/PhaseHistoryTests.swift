import CartWorkload
import Testing

/// Histories with changes of every kind: the checker reports exactly what breaks an invariant.
@Suite struct PhaseHistoryTests {
    // MARK: Clearing, deletion and batches

    @Test func `a cart is cleared, deleted and created again`() {
        var builder = HistoryBuilder()
        _ = builder.openWithLine()
        builder.make({ _ in .clear }, at: 3, [])
        let line = builder.make(
            { .refill(Article($0), quantity: 1) },
            at: 4,
            [(2, .init(client: 1, number: 4), 1)]
        )
        builder.make({ _ in .delete }, at: 5, [], phase: .deleted)
        builder.tell(builder.operation(2, { _ in .read }), AttemptResult(.rejected(.cartDeleted)))
        builder.make({ _ in .create }, at: 6, [])
        #expect(line.number == 4)
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
    }

    @Test func `I3: a line survives a clearing or a deletion`() {
        var cleared = HistoryBuilder()
        let first = cleared.openWithLine()
        cleared.make({ _ in .clear }, at: 3, [(1, first, 1)])
        #expect(cleared.broken == [.kept])
        var deleted = HistoryBuilder()
        let second = deleted.openWithLine()
        deleted.tell(deleted.operation(1, { _ in .delete }, key: "k"), .shown(3, [(1, second, 1)]))
        #expect(deleted.broken == [.kept])
    }

    @Test func `I3: a cart is found deleted, ordered or merged without an operation that did that`() {
        for rejection in [AttemptResult.Rejection.cartDeleted, .ordered, .merged(nil)] {
            var builder = HistoryBuilder()
            builder.open()
            builder.tell(builder.operation(2, add), AttemptResult(.rejected(rejection)))
            #expect(builder.broken == [.kept], "\(rejection)")
        }
    }

    @Test func `I3: a batch is made in part`() {
        var unremoved = HistoryBuilder()
        let first = unremoved.openWithLine()
        let replaced = OperationID(client: 1, number: 3)
        unremoved.make(
            { .replace(line: 1, Article($0), quantity: 1) },
            at: 3,
            [(1, first, 1), (2, replaced, 1)]
        )
        #expect(unremoved.broken == [.kept])
        var unadded = HistoryBuilder()
        _ = unadded.openWithLine()
        unadded.make({ .replace(line: 1, Article($0), quantity: 1) }, at: 3, [])
        #expect(unadded.broken == [.kept])
    }

    // MARK: Values

    @Test func `reductions of a quantity add up, once each`() {
        var builder = HistoryBuilder()
        builder.open()
        let id = OperationID(client: 1, number: 2)
        builder.make({ .add(Article($0), quantity: 16) }, at: 2, [(1, id, 16)])
        builder.tell(builder.operation(2, { _ in .takeOut(line: 1, 3) }), .noAnswer)
        builder.make({ _ in .takeOut(line: 1, 1) }, at: 4, [(1, id, 12)])
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
        builder.read(by: 1, 5, [(1, id, 11)])
        #expect(!builder.checkResult.holds)
        var denied = HistoryBuilder()
        let line = denied.openWithLine()
        denied.make({ _ in .setQuantity(line: 1, 16) }, at: 3, [(1, line, 16)])
        denied.tell(denied.operation(2, { _ in .takeOut(line: 1, 3) }), .denied)
        denied.read(by: 1, 4, [(1, line, 13)])
        #expect(denied.broken.contains(.denied))
    }

    @Test func `I3: a note or a price is lost`() {
        var note = HistoryBuilder()
        note.open()
        let id = note.make({ .setNote(Article($0)) }, at: 2, [], note: .init(client: 1, number: 2))
        #expect(note.checkResult.holds, "\(note.checkResult)")
        note.make({ .setNote(Article($0)) }, at: 3, [], note: id)
        #expect(note.broken == [.kept])
        var price = HistoryBuilder()
        let line = price.openWithLine()
        price.make({ _ in .setPrice(line: 1, 105) }, at: 3, [(1, line, 1)])
        #expect(price.broken == [.kept])
    }

    @Test func `I3: a mark is lost, or comes back after it was removed`() {
        func begun() -> (HistoryBuilder, OperationID) {
            var builder = HistoryBuilder()
            builder.open()
            let id = builder.make({ .setMark(Article($0)) }, at: 2, [], mark: .init(client: 1, number: 2))
            return (builder, id)
        }
        var (lost, mark) = begun()
        lost.make({ .setNote(Article($0)) }, at: 3, [], note: .init(client: 1, number: 3))
        #expect(lost.broken == [.kept])
        var (removed, _) = begun()
        removed.make({ _ in .unsetDetails }, at: 3, [])
        #expect(removed.checkResult.holds, "\(removed.checkResult)")
        removed.make({ .setNote(Article($0)) }, at: 4, [], note: .init(client: 1, number: 4), mark: mark)
        #expect(removed.broken == [.kept])
    }

    @Test func `I3: a removal of the details that leaves them`() {
        var builder = HistoryBuilder()
        builder.open()
        let note = builder.make({ .setNote(Article($0)) }, at: 2, [], note: .init(client: 1, number: 2))
        builder.make({ _ in .unsetDetails }, at: 3, [], note: note)
        #expect(builder.broken == [.kept])
        var doubtful = HistoryBuilder()
        doubtful.open()
        doubtful.make({ .setNote(Article($0)) }, at: 2, [], note: .init(client: 1, number: 2))
        doubtful.tell(doubtful.operation(2, { _ in .unsetDetails }), .noAnswer)
        doubtful.read(by: 1, 3, [])
        #expect(doubtful.checkResult.holds, "\(doubtful.checkResult)")
    }

    @Test func `I1: a note came and went in versions that nobody saw`() {
        func history(isUnset: Bool) -> HistoryBuilder {
            var builder = HistoryBuilder()
            builder.open()
            builder.tell(builder.operation(2, { .setNote(Article($0)) }), .noAnswer)
            if isUnset { builder.tell(builder.operation(3, { _ in .unsetDetails }), .noAnswer) }
            builder.make(add, at: 4, [(1, OperationID(client: 1, number: 2), 1)])
            return builder
        }
        let whole = history(isUnset: true).checkResult
        #expect(whole.holds, "\(whole)")
        #expect(history(isUnset: false).broken == [.versions])
    }

    // MARK: Versions and keys

    @Test func `I11: a change is accepted at another version than its client expects`() {
        var builder = HistoryBuilder()
        builder.open()
        let id = OperationID(client: 1, number: 2)
        builder.make({ .add(Article($0), quantity: 1) }, at: 2, [(1, id, 1)], expected: 1)
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
        let late = OperationID(client: 1, number: 3)
        builder.make({ .add(Article($0), quantity: 1) }, at: 3, [(1, id, 1), (2, late, 1)], expected: 1)
        #expect(builder.broken == [.condition])
    }

    @Test func `I11: a creation that expects the version of a deleted cart is accepted`() {
        for (expected, broken) in [(nil, []), (2, [.condition])] as [(UInt64?, Set<Invariant>)] {
            var builder = HistoryBuilder()
            builder.open()
            builder.make({ _ in .delete }, at: 2, [], phase: .deleted)
            builder.make({ _ in .create }, at: 3, [], expected: expected)
            #expect(builder.broken == broken, "\(builder.checkResult)")
        }
    }

    @Test func `a refusal for the version needs an expected version, and another one`() {
        var builder = HistoryBuilder()
        _ = builder.openWithLine()
        let mismatch = AttemptResult(.rejected(.versionMismatch(actual: 2)))
        builder.tell(builder.operation(2, add, expected: 1), mismatch)
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
        builder.tell(builder.operation(2, add), mismatch)
        #expect(builder.broken == [.reply])
        var same = HistoryBuilder()
        _ = same.openWithLine()
        same.tell(same.operation(2, add, expected: 2), mismatch)
        #expect(same.broken == [.condition])
    }

    @Test func `I10: a key is accepted for another operation`() {
        var builder = HistoryBuilder()
        builder.open()
        let keyed = builder.operation(1, add, key: "k")
        builder.tell(keyed, .shown(2, [(1, keyed.id, 1)]))
        let other = builder.operation(2, add, key: "k", reused: keyed.id)
        builder.tell(other, AttemptResult(.rejected(.keyReused)))
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
        builder.tell(other, .shown(3, [(1, keyed.id, 1), (2, other.id, 1)]))
        #expect(builder.broken.contains(.key))
    }

    @Test func `I10: an acknowledged operation is refused when it is repeated`() {
        var builder = HistoryBuilder()
        builder.open()
        let keyed = builder.operation(1, add, key: "k")
        builder.tell(keyed, .shown(2, [(1, keyed.id, 1)]))
        builder.tell(keyed, AttemptResult(refusal: "idempotency-key-retired", ""))
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
        builder.make({ _ in .delete }, at: 3, [], phase: .deleted)
        builder.tell(keyed, AttemptResult(.rejected(.cartDeleted)))
        #expect(builder.broken == [.key])
    }

    // MARK: Orders

    @Test func `a cart is ordered, and the order is cancelled`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        builder.make({ _ in .checkOut(version: 2) }, at: 3, [(1, line, 1)], phase: .ordered(version: 2))
        builder.tell(builder.operation(2, add), AttemptResult(.rejected(.ordered)))
        builder.make({ _ in .cancelCheckout }, at: 4, [(1, line, 1)])
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
    }

    @Test func `I3: an order is another than what was ordered`() {
        var builder = HistoryBuilder()
        let line = builder.openWithLine()
        builder.make({ _ in .checkOut(version: 2) }, at: 3, [(1, line, 1)], phase: .ordered(version: 2))
        let id = OperationID(client: 1, number: 4)
        builder.make(
            { .add(Article($0), quantity: 1) },
            at: 4,
            [(1, line, 1), (2, id, 1)],
            phase: .ordered(version: 2)
        )
        #expect(builder.broken == [.kept])
    }

    @Test func `I3: an order or its cancellation is lost`() {
        var lost = HistoryBuilder()
        let line = lost.openWithLine()
        lost.make({ _ in .checkOut(version: 2) }, at: 3, [(1, line, 1)])
        #expect(lost.broken == [.kept])
        var kept = HistoryBuilder()
        let other = kept.openWithLine()
        kept.make({ _ in .checkOut(version: 2) }, at: 3, [(1, other, 1)], phase: .ordered(version: 2))
        kept.make({ _ in .cancelCheckout }, at: 4, [(1, other, 1)], phase: .ordered(version: 2))
        #expect(kept.broken == [.kept])
    }

    // MARK: Merges

    /// Cart 1 has a line and is merged into cart 0, which has none.
    private func merged(
        _ brought: [HistoryBuilder.AnsweredLine],
        _ id: OperationID = .init(client: 1, number: 4)
    ) -> HistoryBuilder {
        var builder = HistoryBuilder(carts: 2)
        let source = CartName(1)
        builder.open()
        builder.make({ _ in .create }, at: 1, [], on: source)
        let line = builder.make({ .add(Article($0), quantity: 2) }, at: 2, [(1, Self.article, 2)], on: source)
        #expect(line == Self.article)
        let merge = builder.send(builder.operation(1, { .merge(from: source, id: $0) }))
        let look = builder.operation(2, { _ in .read }, on: source)
        builder.tell(look, .shown(3, [(1, Self.article, 2)], phase: .merging(id)))
        builder.answer(merge, .shown(2, brought))
        builder.tell(builder.operation(2, { _ in .read }, on: source), .shown(4, [], phase: .merged(id)))
        return builder
    }

    private static let article = OperationID(client: 1, number: 3)

    @Test func `a merge brings each line once`() {
        let builder = merged([(1, Self.article, 2)])
        #expect(builder.checkResult.holds, "\(builder.checkResult)")
    }

    @Test func `I3: a merge loses a line, changes it, or brings it twice`() {
        #expect(merged([]).broken == [.kept])
        #expect(merged([(1, Self.article, 4)]).broken == [.kept])
        #expect(merged([(1, Self.article, 2), (2, Self.article, 2)]).broken == [.kept])
    }

    @Test func `I3: a cart is merged by a merge that nobody asked for`() {
        let builder = merged([(1, Self.article, 2)], OperationID(client: 9, number: 9))
        #expect(builder.broken.contains(.kept))
    }
}
